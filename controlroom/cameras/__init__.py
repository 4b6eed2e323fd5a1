"""The camera register, ONVIF, and steering."""
