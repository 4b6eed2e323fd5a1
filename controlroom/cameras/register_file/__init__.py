"""Reads the camera register from files, compares them with what stands there, and writes it to files."""
