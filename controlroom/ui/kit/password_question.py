"""Asks before a text is saved that holds the password of somebody who signed in at this desk: it could stay for ever.

What is compared is in `accounts/remembered.py`; it is slow, and done in the background.
"""

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.accounts.typed_passwords import could_hold_password
from controlroom.ui.background import Background
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import MIDDLE, at, grow, row
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import label

MOST_TEXTS = 8  # looked at in one form, the shortest; each can cost as much as several sign-ins
HoldsPassword = Callable[[str], bool]
QUESTION = (
    "This looks like a password of somebody at this desk. Nothing is saved yet. "
    "If it is one, take it out, and change it: whoever stood by may have read it."
)


class PasswordQuestion(QWidget):
    """One line with its button in a form; hidden until there is something to ask."""

    def __init__(self, background: Background, holds_password: HoldsPassword) -> None:
        super().__init__()
        self._background, self._holds_password = background, holds_password
        self._sure: set[str] = set()  # of which the person said that they are no passwords
        self._doubtful: list[str] = []
        self._again: Callable[[], object] = lambda: None
        words = label(QUESTION, 13, wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = KeyButton("Save it all the same", press=self._save_all_the_same)
        row(at(MIDDLE, Mark("warn", 8)), grow(words), self.button, on=self, spacing=8, margins=(0, 0, 0, 4))
        self.setAccessibleName(QUESTION)
        self.hide()

    def before_saving(
        self,
        texts: Iterable[str],
        save: Callable[[], object],
        again: Callable[[], object],
        held: Callable[[], object] = lambda: None,
    ) -> None:
        """Call `save`, at once where no text can be a password; `held` when the question is asked first.

        `again` is what the person did to save: it is done once more when they say that it is no password, so that
        what stands there by then is saved, and what they have changed is looked at.
        """
        self.hide()
        doubtful = [each for each in texts if each not in self._sure and could_hold_password(each)]
        doubtful = sorted(doubtful, key=lambda each: len(each.split()))[:MOST_TEXTS]
        if not doubtful:
            save()
            return

        def answer(holds: bool) -> None:
            if holds:
                self._doubtful, self._again = doubtful, again
                self.show()
                held()
            else:
                save()

        holds_password = self._holds_password  # nothing of this widget goes to the other thread
        self._background.run(
            lambda: any(map(holds_password, doubtful)), answer, lambda _error: save(), owner=self
        )

    def _save_all_the_same(self) -> None:
        self._sure.update(self._doubtful)
        self.hide()
        self._again()
