"""Decides who may use the room and what each role permits, and signs people in."""
