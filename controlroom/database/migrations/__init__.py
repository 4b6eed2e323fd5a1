"""The schema's history: migrations import no application code."""
