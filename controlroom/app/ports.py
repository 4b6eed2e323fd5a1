"""What pages may ask of the window around them, before the window is there: pages emit these, the desk answers them.

Records of other pages are asked for on the page itself (`Page.record_wanted`, `Page.new_record_wanted`).
"""

from PySide6.QtCore import QObject, Signal


class DeskPorts(QObject):
    """Signals that the factories in `pages.py` connect pages to."""

    log_about = Signal(object)
    """Camera's id or None: the log line is about this camera from now on."""
    log_wanted = Signal(object)
    """Camera's id: the log line is about it, and takes the keyboard."""
    picture_taken = Signal(object, object, object)
    """Camera's id, picture's path, moment (UTC): write it to the log."""
    entry_returned = Signal(object)
    """Kept: put a copy of an entry that the database refused into the log line."""
    own_settings_changed = Signal()
    """The person signed in chose another theme, size of text or sound."""
