"""Manages the site key: repairs a lost or wrong one, carries it to another desk, and replaces camera passwords."""
