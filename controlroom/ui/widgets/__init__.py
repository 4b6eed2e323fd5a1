"""Small widgets every page builds from."""
