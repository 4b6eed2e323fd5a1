"""Measures the product's own parts from outside; anyone can repeat it."""
