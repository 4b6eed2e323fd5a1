"""Opens cameras' streams with OpenCV, after checking that there is one to open."""
