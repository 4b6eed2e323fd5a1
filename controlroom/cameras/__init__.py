"""Holds the camera register, the ONVIF client and the steering of cameras."""
