"""Where a simulated camera's video comes from (rendered, looped, a file) and how it is handed to many clients."""
