"""Shows the command palette: one line that finds pages, cameras and commands, over the window, never modal."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from controlroom import folding
from controlroom.ui import theme
from controlroom.ui.announce import announce
from controlroom.ui.background import Background, Task
from controlroom.ui.timers import one_shot
from controlroom.ui.widgets.layout import column, gap, grow
from controlroom.ui.widgets.overlay import Overlay
from controlroom.ui.widgets.painting import CENTRED, paint_icon, rounded, words
from controlroom.ui.widgets.text import Rule, label, show_text
from controlroom.ui.window_state import WindowState

WIDTH, MOST = 680, 9
MOST_RECENT = 20
FUZZY_FROM, FUZZY_MOST = 3, 2  # letters typed at least; letters skipped for each typed one at most
FIND_FROM, FIND_AFTER_MS = 2, 150  # characters before records are asked for; pause in the typing
RECORDS = 5  # records of one search shown below the other things
RECENT = "palette.recent"
log = logging.getLogger(__name__)
ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Entry:
    """Something to find: what it is called, what it is, its key, and what choosing it does."""

    title: str
    detail: str
    run: Callable[[], object]
    keys: str = ""
    icon_name: str = "caret-right"
    also: str = ""  # further words it is found by
    lead: str = ""  # a camera's number or a record's reference, shown first in bold
    why_not: str = ""  # why it cannot be chosen now
    id: str = ""  # by which it is remembered as chosen lately


Source = Callable[[str], Iterable[Entry]]
# Typed → work for the background, if there is any.
Finder = Callable[[str], Callable[[], Sequence[Entry]] | None]


def rank(entries: Iterable[Entry], typed: str, recent: Sequence[str] = ()) -> list[Entry]:
    """Entries that hold every typed word: by number first, then by beginning, then by place in the text.

    Among equals what was chosen lately comes first, and what cannot be done now last. When no entry holds the words,
    those are offered whose titles hold the typed letters in their order ("opnicd" finds "Open incident").
    """
    asked = folding.wanted(typed)
    wanted, letters = " ".join(folding.asked_words(typed)), "".join(folding.plain(typed).split())
    lately = {name: place for place, name in enumerate(recent)}
    found: list[tuple[tuple[int, ...], int, Entry]] = []
    loose: list[tuple[tuple[int, ...], int, Entry]] = []
    for order, entry in enumerate(entries):
        text = folding.fold(f"{entry.lead} {entry.title} {entry.detail} {entry.also}")
        late = lately.get(entry.id, len(lately)) if entry.id else len(lately)
        barred = 1 if entry.why_not else 0
        if folding.holds(asked, text):
            lead = folding.fold(entry.lead)
            exact = 0 if wanted and wanted in (lead, lead.lstrip("0")) else 1
            place = text.find(wanted) if wanted in text else len(text)
            key = (exact, barred, place, late) if wanted else (barred, late)
            found.append((key, order, entry))
        elif not found and (gaps := _gaps(folding.plain(f"{entry.lead} {entry.title}"), letters)) is not None:
            loose.append(((barred, gaps, late), order, entry))
    return [entry for _, _, entry in sorted(found or loose, key=lambda each: each[:2])]


def _gaps(text: str, letters: str) -> int | None:
    """How many letters lie between those typed, when all of them come in this order; None when they do not.

    The first must begin a word, and the typed ones must make up a good part, or anything would match anything.
    """
    if len(letters) < FUZZY_FROM:
        return None
    best: int | None = None
    for start, letter in enumerate(text):
        if letter != letters[0] or (start and text[start - 1].isalnum()):
            continue
        at, gaps = start, 0
        for wanted in letters[1:]:
            following = text.find(wanted, at + 1)
            if following < 0:
                break
            gaps += following - at - 1
            at = following
        else:
            if gaps <= FUZZY_MOST * len(letters):
                best = gaps if best is None else min(best, gaps)
    return best


class _EntryModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def set_entries(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            barred = f" Not now: {entry.why_not}" if entry.why_not else ""
            return f"{entry.lead} {entry.title}. {entry.detail}{barred}".strip()
        return None


class _EntryDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(200, theme.px(42))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(ENTRY_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRectF(option.rect).adjusted(6, 1, -6, -1)
        if option.state & QStyle.StateFlag.State_Selected:
            rounded(painter, row, "selected")
        size = theme.px(17)
        paint_icon(painter, entry.icon_name, "text_dim", row.left() + 12, row.center().y(), size)
        row.adjust(size + 24, 0, -12, 0)
        if entry.keys:
            row.setRight(_paint_keys(painter, entry.keys, row))
        if entry.lead:
            used = words(painter, row, entry.lead, "text", theme.BODY, theme.NUMBER)
            row.setLeft(row.left() + max(theme.px(44), used + 14))
        ink = "text_dim" if entry.why_not else "text"
        used = words(painter, row, entry.title, ink, theme.BODY, theme.MEDIUM)
        row.setLeft(row.left() + used + 12)
        if row.width() > 40:
            said = f"{entry.detail} · {entry.why_not}" if entry.why_not else entry.detail
            words(painter, row, said, "text_dim", 12.5)
        painter.restore()


def _paint_keys(painter: QPainter, keys: str, row: QRectF) -> float:
    width = QFontMetrics(theme.font(11, theme.MEDIUM)).horizontalAdvance(keys) + 14
    chip = QRectF(row.right() - width, row.center().y() - 10, width, 20)
    edge = theme.color("text_faint", 0.5)
    rounded(painter, chip.adjusted(0.5, 0.5, -0.5, -0.5), None, edge, radius=4)
    words(painter, chip, keys, "text_dim", 11, theme.MEDIUM, CENTRED)
    return chip.left() - 12


def _is_reference(lead: str, typed: str) -> bool:
    """True when what was typed is a record's reference, its prefix or its year left out ("412" for INC-2026-00412)."""
    wanted, lead = folding.plain(typed), folding.plain(lead)
    parts = lead.split("-")
    return bool(wanted) and (wanted == lead or wanted.lstrip("0") == parts[-1].lstrip("0") != "")


class Palette(Overlay):
    """Opens over `ground`. Sources give entries for what is typed; Enter runs the chosen one, Esc closes."""

    def __init__(self, ground: QWidget, state: WindowState | None = None) -> None:
        super().__init__("Find camera, incident or command", ground)
        self._state = state or WindowState()
        self._sources: list[Source] = []
        self._finders: list[tuple[Finder, Background]] = []
        self._asked: list[Task] = []
        self._pause = one_shot(self, FIND_AFTER_MS, self._ask_finders)
        self.edit = QLineEdit()
        self.edit.setProperty("bare", True)
        self.edit.setFont(theme.font(17))
        self.edit.setMinimumHeight(theme.px(44))
        self.edit.setTextMargins(18, 0, 18, 0)
        self.edit.setPlaceholderText("Camera number or street, reference, page, command")
        self.edit.setAccessibleName("Find")
        self._model = _EntryModel(self)
        self.view = QListView()
        self.view.setModel(self._model)
        self.view.setItemDelegate(_EntryDelegate(self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setStyleSheet("background: transparent;")
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = label("", 13, role="text_dim")
        self._nothing.setContentsMargins(20, 12, 20, 12)
        parts = (self.edit, Rule(), gap(6), grow(self.view), self._nothing)
        column(*parts, on=self, margins=(1, 6, 1, 6))
        self.edit.textChanged.connect(self._search)
        self.edit.installEventFilter(self)
        self.view.clicked.connect(lambda _index: self.run_chosen())

    def add_source(self, source: Source) -> None:
        """Another kind of things to find; earlier sources stand first among equals."""
        self._sources.append(source)

    def add_finder(self, finder: Finder, background: Background) -> None:
        """Things found by asking the database, in the background, once the typing pauses."""
        self._finders.append((finder, background))

    def open(self, typed: str = "") -> None:
        """Open, perhaps with something typed already."""
        self.edit.setText(typed)
        self._search(typed)
        self.come_up(self.edit)

    def entries(self) -> list[Entry]:
        """What is offered now."""
        return list(self._model.entries)

    def run_chosen(self) -> None:
        """Run the chosen entry."""
        row = self.view.currentIndex().row()
        if 0 <= row < len(self._model.entries):
            entry = self._model.entries[row]
            if entry.why_not:
                announce(self, f"Not now: {entry.why_not}")
                self._say(entry.why_not)
                return
            self.close_panel()
            self._remember(entry)
            entry.run()

    def _remember(self, entry: Entry) -> None:
        if entry.id:
            others = [each for each in self._recent() if each != entry.id]
            self._state.set(RECENT, [entry.id, *others][:MOST_RECENT])

    def _recent(self) -> list[str]:
        stored = self._state.get(RECENT, [])
        return [each for each in stored if isinstance(each, str)] if isinstance(stored, list) else []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.edit and self.isVisible():
            if event.type() == QEvent.Type.FocusOut:
                self.hide()
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._take_key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _take_key(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run_chosen()
        elif key == Qt.Key.Key_Escape:
            self.close_panel()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._model.entries:
            step = 1 if key == Qt.Key.Key_Down else -1
            row = (self.view.currentIndex().row() + step) % len(self._model.entries)
            self.view.setCurrentIndex(self._model.index(row, 0))
        else:
            return False
        return True

    def _search(self, typed: str) -> None:
        for task in self._asked:
            task.cancel()
        self._asked.clear()
        if self._finders and len(typed.strip()) >= FIND_FROM:
            self._pause.start()
        else:
            self._pause.stop()
        offered = [entry for source in self._sources for entry in source(typed.strip())]
        self._show(rank(offered, typed, self._recent())[:MOST], row=0)

    def _ask_finders(self) -> None:
        typed = self.edit.text().strip()
        for finder, background in self._finders:
            if (work := finder(typed)) is not None:
                self._asked.append(background.run(work, self._take_records, self._cannot_find, owner=self))
        self._say_if_nothing()

    def _take_records(self, found: Sequence[Entry]) -> None:
        """Put records below what is shown already: Enter and the mouse act on what was seen."""
        self._asked = self._asked[:-1]
        typed = self.edit.text()
        exact_first = sorted(found, key=lambda each: not _is_reference(each.lead, typed))
        self._show([*self._model.entries, *exact_first[:RECORDS]], row=max(0, self.view.currentIndex().row()))

    def _cannot_find(self, error: Exception) -> None:
        self._asked = self._asked[:-1]
        log.warning("records could not be searched: %s", type(error).__name__)
        self._say("Records could not be searched just now; pages, cameras and commands are found.")

    def _show(self, entries: list[Entry], *, row: int) -> None:
        self._model.set_entries(entries)
        self.view.setVisible(bool(entries))
        if entries:
            self.view.setCurrentIndex(self._model.index(row, 0))
        self._say_if_nothing()

    def _say_if_nothing(self) -> None:
        searching = self._pause.isActive() or bool(self._asked)
        typed = self.edit.text().strip()
        self._say("" if self._model.entries else self._nothing_words(typed, searching=searching))

    def _nothing_words(self, typed: str, *, searching: bool) -> str:
        if searching:
            return "Searching incidents and bids…"
        return f"Nothing is called “{typed}”. Try a camera number, a street, a reference or a page."

    def _say(self, text: str) -> None:
        show_text(self._nothing, text)
        self.place()

    def place(self) -> None:
        width = min(theme.px(WIDTH), self.ground.width() - 48)
        said = 0 if self._nothing.isHidden() else theme.px(44)
        rest = theme.px(44) + 6 + 1 + 6 + 8 + said
        rows = min(len(self._model.entries), max(1, (self.ground.height() - rest - 24) // theme.px(42)))
        height = rest + rows * theme.px(42)
        self.view.setFixedHeight(rows * theme.px(42) + 2 if rows else 0)
        self.setGeometry((self.ground.width() - width) // 2, 12, width, height + 2)
