"""Setting up, tested with real virtual environments, real pip and no network."""
