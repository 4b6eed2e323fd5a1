"""Shows the log line at all times: type, Enter, and the entry is sent with time, camera and user filled in.

What was typed is never lost: the line is free again at once, an entry that could not be saved comes back into it, or
waits behind "put back" when something new has been typed meanwhile.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QMenu, QPushButton

from controlroom.clock import show_time
from controlroom.errors import ControlRoomError
from controlroom.log.outbox.records import OutboxItem
from controlroom.log.rules import LONGEST_TEXT
from controlroom.ui import theme
from controlroom.ui.shell.log_field import CameraChip, LogField, LogWord, LogWords, Typing, matching
from controlroom.ui.timers import one_shot
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import grow, row
from controlroom.ui.widgets.limits import watch
from controlroom.ui.widgets.text import ElidedLabel, label, show_text

HEIGHT = 46
HINT = "Enter saves with time, camera and you · / for category, source, camera"
HINT_WITHOUT_CAMERA = "Enter saves with time and you · / for category, source, camera"
NOT_ALLOWED = "Your role does not write in the log"
SAVED_STAYS_MS = 10_000
OWN_SIGHTING, NO_CATEGORY = "own sighting", ""


@dataclass(frozen=True)
class TypedEntry:
    """An entry as it was typed."""

    text: str
    camera_id: int | None
    camera: str
    source: str
    category: str
    person: str = ""


class LogLine(QFrame):
    """Emits `entry_submitted(text, camera_id or None, source, category)`; the answer comes by `accepted` (stored on
    this desk's disk), `saved` (in the database at once) or `failed`. Those are taken in the order of the entries;
    `written` says later that an accepted one has reached the database.

    What somebody typed and did not send stays theirs: it goes when they leave the desk and is back when they are.
    Nobody else reads it, and nobody sends it under another name. It stays in memory only.
    """

    entry_submitted = Signal(str, object, str, str)
    left = Signal()  # Esc: the keyboard goes back to the page, what was typed stays
    set_aside = Signal(str)  # the person whose half-typed words were set aside

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bar", "log")
        self.setFixedHeight(theme.px(HEIGHT))
        self._camera_id: int | None = None
        self._allowed = True
        self._source, self._category = OWN_SIGHTING, NO_CATEGORY
        self._usual_source = OWN_SIGHTING
        self._words: list[LogWord] = []
        self._find_camera: Callable[[str], LogWord | None] = lambda _typed: None
        self._read_cad: Callable[[str], str] = lambda _text: ""
        self._waiting: deque[TypedEntry] = deque()
        self._unsaved: list[TypedEntry] = []
        self._person = ""
        self._shelf: dict[str, tuple[TypedEntry, list[TypedEntry]]] = {}
        self.edit = Typing()
        self._chip = CameraChip()
        self._cad = label("", 12.5, theme.STRONG, "accent")
        self._outcome = ElidedLabel("", 12.5, role="text_dim")
        self._put_back = KeyButton("Put back", "Alt+Z", "danger", press=self.put_back)
        self._source_button = QPushButton()
        self._category_button = QPushButton()
        self._fade = one_shot(self, SAVED_STAYS_MS, lambda: self._outcome.set_text(""))
        self._lay_out()
        self._list = LogWords(self.edit, self._find_words)
        self._connect()
        self._show_choices()
        self.set_camera(None)

    # -- what the entry will carry ---------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What stands in the line."""
        return self.edit.text()

    @property
    def outcome(self) -> str:
        """What the line says became of the last entry."""
        return self._outcome.text

    def set_camera(self, camera_id: int | None, number: str = "", name: str = "") -> None:
        """The camera the next entry is about, None for none."""
        self._camera_id = camera_id
        self._chip.set_number(number)
        self._chip.setToolTip(f"{number} {name}".strip())
        self._show_hint()

    def _show_hint(self) -> None:
        hint = HINT if self._chip.number else HINT_WITHOUT_CAMERA
        self.edit.setPlaceholderText(hint if self._allowed else NOT_ALLOWED)

    def set_allowed(self, allowed: bool) -> None:
        """Whether the person signed in may write entries; what stands in the line stays."""
        self.edit.setEnabled(allowed)
        self._source_button.setEnabled(allowed)
        self._category_button.setEnabled(allowed)
        self._allowed = allowed
        self._show_hint()

    def set_person(self, person: str) -> None:
        """Somebody else signs in (or nobody): their own words come back, the ones of the person before go."""
        if person == self._person:
            return
        left = self._draft()
        if left.text.strip() or self._unsaved:
            self._shelf[self._person] = (left, self._unsaved)
            self.set_aside.emit(self._person)
        self._person = person
        mine, self._unsaved = self._shelf.pop(
            person, (TypedEntry("", None, "", self._usual_source, NO_CATEGORY), [])
        )
        camera_id, camera, tip = self._camera_id, self._chip.number, self._chip.toolTip()
        self._restore(mine)
        if not mine.text:
            self.set_camera(camera_id, camera, tip.removeprefix(camera).strip())
        self._say("", "text_dim")
        self._outcome.setToolTip("")
        self._show_unsaved()

    def _draft(self) -> TypedEntry:
        camera = (self._camera_id, self._chip.number)
        return TypedEntry(self.edit.text(), *camera, self._source, self._category, self._person)

    def set_vocabulary(self, sources: Sequence[str], categories: Sequence[str]) -> None:
        """The room's own lists, for the two buttons and for "/"."""
        self._words = [LogWord("category", each, each) for each in categories]
        self._words += [LogWord("source", each, each) for each in sources]
        if sources and self._source not in sources:
            self._source = self._usual_source = sources[0]
        self._show_choices()

    def set_camera_finder(self, find: Callable[[str], tuple[int, str, str] | None]) -> None:
        """How "/14" finds a camera: returns its id, number and name, or None."""

        def found(typed: str) -> LogWord | None:
            camera = find(typed)
            return LogWord("camera", f"{camera[1]} {camera[2]}", camera) if camera else None

        self._find_camera = found

    def set_cad_reader(self, read: Callable[[str], str]) -> None:
        """How a text is read for the CAD that its entry will carry; empty for none."""
        self._read_cad = read

    @property
    def cad(self) -> str:
        """The CAD that the entry will carry, as the line says it before it is saved."""
        return self._cad.text().removeprefix("CAD ")

    def _show_cad(self) -> None:
        found = self._read_cad(self.edit.text())
        show_text(self._cad, f"CAD {found}" if found else "")

    # -- sending and hearing back ----------------------------------------------------------------------------

    def submit(self) -> None:
        """Send what stands in the line; an empty line does nothing."""
        text = self.edit.text().strip()
        if not text or self._limit.problem:  # too long: it says so, and nothing is sent or cut
            return
        draft = replace(self._draft(), text=text)
        self._waiting.append(draft)
        self.edit.clear()
        self._set_category(NO_CATEGORY)
        self._say("saving…", "text_dim")
        self.entry_submitted.emit(draft.text, draft.camera_id, draft.source, draft.category)

    def accepted(self, at: datetime, *, away: bool) -> None:
        """The oldest waiting entry is stored on this desk, as of `at` (UTC); `away`: the database does not answer."""
        if self._waiting:
            self._waiting.popleft()
        self.saved_after_all(at, away=away)

    def saved_after_all(self, at: datetime, *, away: bool) -> None:
        """An entry that was held back is stored on this desk, likewise; none of those that wait."""
        if away:
            self._say(f"accepted {show_time(at)}, kept on this desk", "warn", fades=not self._waiting)
        else:
            self._say(f"accepted {show_time(at)}", "text_dim")

    def held_back(self, why: str) -> None:
        """The oldest waiting entry is neither saved nor shown again until somebody answers a question about it."""
        if self._waiting:
            self._waiting.popleft()
        self._say(f"Not saved: {why}", "warn")

    def written(self, at: datetime) -> None:
        """An accepted entry is in the database, as of `at` (UTC)."""
        if not self._waiting:
            self._say(f"saved {show_time(at)}", "live", fades=True)

    def take_back(self, refused: OutboxItem) -> None:
        """Put a copy of an entry the database refused into the line; what stands there waits behind "put back"."""
        new = refused.entry
        listed = {each.value for each in self._words if each.kind == "category"}
        category = new.category if new.category in listed else NO_CATEGORY
        draft = TypedEntry(new.text, new.camera_id, refused.about.number, new.source, category, self._person)
        if self.edit.text().strip():
            self._unsaved.append(draft)
            self._show_unsaved()
        else:
            self._restore(draft)
        self.edit.setFocus()

    def failed(self, error: Exception) -> None:
        """The oldest waiting entry was not saved: its text comes back."""
        if not self._waiting:
            return
        draft = self._waiting.popleft()
        if draft.person != self._person:
            nothing = TypedEntry("", None, "", self._usual_source, NO_CATEGORY, draft.person)
            mine, unsaved = self._shelf.get(draft.person, (nothing, []))
            self._shelf[draft.person] = (mine, [*unsaved, draft])
            self.set_aside.emit(draft.person)
            return
        what = error.what if isinstance(error, ControlRoomError) else "the entry could not be written"
        self._say(f"Not saved: {what}", "alarm")
        self._outcome.setToolTip(str(error))
        if self.edit.text():
            self._unsaved.append(draft)
        else:
            self._restore(draft)
        self._show_unsaved()

    def unsaved(self) -> list[str]:
        """Texts waiting behind "put back"."""
        return [each.text for each in self._unsaved]

    def put_back(self) -> None:
        """Bring an unsaved entry back into the line; what stands there now waits instead."""
        if not self._unsaved:
            return
        current = self.edit.text().strip()
        draft = self._unsaved.pop(0)
        if current:
            self._unsaved.append(replace(self._draft(), text=current))
        self._restore(draft)
        self._show_unsaved()

    def _restore(self, draft: TypedEntry) -> None:
        self.edit.setText(draft.text)
        self.set_camera(draft.camera_id, draft.camera)
        self._source = draft.source
        self._set_category(draft.category)

    def _show_unsaved(self) -> None:
        count = len(self._unsaved)
        self._put_back.setVisible(count > 0)
        self._put_back.set_text(f"{count} not saved: put back")

    def _say(self, text: str, role: str, *, fades: bool = False) -> None:
        self._fade.stop()
        self._outcome.set_text(text, role)
        if fades:
            self._fade.start()

    # -- choices ---------------------------------------------------------------------------------------------

    def _find_words(self, typed: str) -> list[LogWord]:
        found = matching(self._words, typed)
        camera = self._find_camera(typed.strip()) if typed.strip() else None
        return [camera, *found] if camera else found

    def _take_word(self, word: LogWord) -> None:
        if word.kind == "camera" and isinstance(word.value, tuple):
            camera_id, number, name = word.value
            self.set_camera(camera_id, number, name)
        elif word.kind == "source":
            self._source = str(word.value)
            self._show_choices()
        else:
            self._set_category(str(word.value))

    def _set_category(self, category: str) -> None:
        self._category = category
        self._show_choices()

    def _show_choices(self) -> None:
        for button, text, name in (
            (self._source_button, self._source, "Source"),
            (self._category_button, self._category or "no incident", "Category"),
        ):
            button.setText(text[:1].upper() + text[1:])
            button.setAccessibleName(f"{name}: {text}")
            button.setToolTip(f"{name} of the entry; or type / in the line")

    def _open_choices(self, kind: str, button: QPushButton, _checked: bool) -> None:
        menu = QMenu(self)
        if kind == "category":
            menu.addAction("No incident", lambda: self._set_category(NO_CATEGORY))
            menu.addSeparator()
        for word in self._words:
            if word.kind == kind:
                text = word.text[:1].upper() + word.text[1:]
                menu.addAction(text, lambda chosen=word: self._take_word(chosen))
        menu.aboutToHide.connect(menu.deleteLater)
        height = menu.sizeHint().height()
        menu.popup(button.mapToGlobal(QPoint(0, -height - 6)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    # -- building --------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        field = LogField(self.edit)
        self.edit.focus_changed.connect(field.update)
        self.edit.setFont(theme.font())
        self.edit.setProperty("bare", True)
        self.edit.setAccessibleName("Log entry")
        self._limit = watch(self.edit, LONGEST_TEXT).listened()
        self._limit.told.connect(lambda said: self._say(said, "alarm"))
        row(self._chip, grow(self.edit), self._cad, self._outcome, on=field, spacing=6, margins=(8, 0, 12, 0))
        caption = label("Log", 13, theme.STRONG, "text_dim")
        caption.setBuddy(self.edit)
        caption.setToolTip("Write a log entry (Ctrl+L)")
        buttons = (self._source_button, self._category_button)
        for button in buttons:
            button.setFont(theme.font(13, theme.MEDIUM))
            button.setMinimumHeight(theme.px(theme.TARGET))
            button.setMaximumWidth(theme.px(200))
        row(caption, grow(field), self._put_back, *buttons, on=self, spacing=10, margins=(16, 0, 18, 0))
        self._cad.setToolTip("Read from the text: the entry carries it")
        self._cad.hide()
        self._put_back.hide()

    def _connect(self) -> None:
        self.edit.returnPressed.connect(self.submit)
        self.edit.textChanged.connect(lambda _text: self._show_cad())
        self._list.picked.connect(self._take_word)
        for kind, button in (("source", self._source_button), ("category", self._category_button)):
            button.clicked.connect(partial(self._open_choices, kind, button))
