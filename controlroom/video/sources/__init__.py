"""Opens cameras' streams with PyAV, after checking that there is one to open."""
