"""The composition root: builds everything a desk needs, runs it, and takes it down again."""
