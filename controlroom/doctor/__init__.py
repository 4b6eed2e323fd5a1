"""`controlroom doctor`: looks at an installation and explains what it finds. It changes nothing."""
