"""The street a simulated camera looks at: planned from a seed, painted once, then seen through a moving lens."""
