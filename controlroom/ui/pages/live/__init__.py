"""The live page: cameras on the wall, found by number, steered and logged."""
