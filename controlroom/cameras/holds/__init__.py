"""Holds: who steers a camera now. The recorder gives them, desks ask for them."""
