"""The process that talks to cameras for the desk."""
