"""A small RTSP server: many cameras, many clients, over TCP or UDP, nobody waits for anybody."""
