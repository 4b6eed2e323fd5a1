"""Speaks ONVIF to cameras: a thin client over zeep, with limits against slow and hostile devices."""
