"""Manages deployments: one unit at one place between two dates, from its plan to its evaluation."""
