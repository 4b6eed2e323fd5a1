"""Opens and works incidents: numbered records of something monitored, made of log entries and steps taken."""
