"""Child processes: started, watched, restarted, and swept up after a crash."""
