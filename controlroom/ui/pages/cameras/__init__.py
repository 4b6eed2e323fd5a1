"""Shows the register of cameras: the list, one camera's facts, and adding a camera by asking it."""
