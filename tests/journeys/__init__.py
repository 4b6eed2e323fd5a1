"""The whole application against the simulator."""
