"""Implements `controlroom doctor`: examines an installation and explains what it finds. It changes nothing."""
