"""Incidents only named people see: who named whom and why, and keeping them from everybody else."""
