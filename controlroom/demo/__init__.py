"""Runs the demonstration: the borough in a disposable folder, simulated cameras, and the desk over them."""
