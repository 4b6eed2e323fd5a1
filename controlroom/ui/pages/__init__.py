"""Holds one folder for each page; pages do not import each other."""
