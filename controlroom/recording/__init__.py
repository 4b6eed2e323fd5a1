"""Holds the recorder, which watches over cameras while nobody sits at a desk: health, reminders, leases.

Later video.
"""
