"""Sets up `.venv`, locked packages and system libraries. It runs first, so it uses the standard library only."""
