"""Setting the program up: `.venv`, locked packages, system libraries. Standard library only, since it comes first."""
