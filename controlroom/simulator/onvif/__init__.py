"""Serves the ONVIF side of a simulated camera: device, media and PTZ services over SOAP 1.2, and WS-Discovery."""
