"""Builds the window around the pages: rail, top bar, palette, log line, status, notices."""
