"""Sets the program up: `.venv`, locked packages, system libraries.

It runs first, so it uses the standard library only.
"""
