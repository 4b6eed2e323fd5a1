"""Tests of the tour's parts that need no window."""
