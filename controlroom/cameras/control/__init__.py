"""Runs the process that talks to cameras on behalf of the desk."""
