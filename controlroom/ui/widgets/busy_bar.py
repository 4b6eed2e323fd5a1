"""A bar that moves while something is waited for, without saying how much is left."""

from PySide6.QtWidgets import QProgressBar


class BusyBar(QProgressBar):
    """Hidden at first; `name` tells screen readers what is waited for. It may keep its room while it is hidden."""

    def __init__(self, name: str, *, keeps_room: bool = False) -> None:
        super().__init__()
        self.setRange(0, 0)
        self.setTextVisible(False)
        self.setAccessibleName(name)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(keeps_room)
        self.setSizePolicy(policy)
        self.hide()
