"""The desktop control room: live cameras, the log, incidents and rapid deployment."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("controlroom")
except PackageNotFoundError:  # running from an unpacked tree
    __version__ = "0+unknown"
