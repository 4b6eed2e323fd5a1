"""The simulated cameras, met as any client would meet them: through sockets."""
