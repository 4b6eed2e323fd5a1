"""Serves RTSP: many cameras and clients, over TCP or UDP, where no client ever waits for another."""
