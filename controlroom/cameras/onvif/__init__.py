"""ONVIF as this program speaks it: a thin, guarded client over zeep."""
