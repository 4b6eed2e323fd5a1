"""Shows the Live page: cameras on the wall, found by number, steered and logged."""
