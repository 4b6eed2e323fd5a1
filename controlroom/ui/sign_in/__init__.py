"""Signs people in at the desk, and lets somebody else take it over."""
