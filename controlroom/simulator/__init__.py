"""Simulates cameras that speak ONVIF and RTSP on the network, and builds the demonstration borough."""
