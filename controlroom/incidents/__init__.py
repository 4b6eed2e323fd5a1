"""Incidents: numbered records of something monitored, made of log entries and of the steps taken."""
