"""Says in a form that what was typed there before is back, and gives it up or puts it back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import grow, row
from controlroom.ui.widgets.text import note

BACK = ("What you typed here before is back.", "Begin afresh")
GIVEN_UP = ("What you typed here before is put away.", "Put it back")


class KeptWords(QWidget):
    """One line with its button, hidden until there is something to say."""

    afresh = Signal()  # give up what is back
    wanted = Signal()  # put back what was given up

    def __init__(self) -> None:
        super().__init__()
        self._given_up = False
        self._words = note("")
        self.button = KeyButton("", press=self._press)
        row(grow(self._words), self.button, on=self, spacing=8)
        self.hide()

    def tell(self, *, back: bool, given_up: bool) -> None:
        """Offer to put back what was `given_up`, else to give up what is `back`, else nothing."""
        self._given_up = given_up
        words, press = GIVEN_UP if given_up else BACK
        self._words.setText(words)
        self.button.set_text(press)
        self.setVisible(back or given_up)

    def _press(self) -> None:
        (self.wanted if self._given_up else self.afresh).emit()
