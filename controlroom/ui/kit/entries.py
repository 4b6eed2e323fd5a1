"""Puts into words and paints log entries and their times in lists, and declares what forms ask about them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from controlroom.cameras.records import Camera
from controlroom.clock import local, local_date, show_day, show_moment, show_time
from controlroom.folding import fold
from controlroom.log.outbox.records import About
from controlroom.log.records import LogEntry, NewAddendum, NewLogEntry
from controlroom.log.rules import LONGEST_TEXT, cad_problem
from controlroom.log.search import cad_in
from controlroom.log.vocabulary import Vocabulary
from controlroom.ui import theme
from controlroom.ui.kit.chooser import Chooser
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import Values
from controlroom.ui.kit.painting import RowDelegate, paint_pill_before
from controlroom.ui.widgets.painting import paint_icon, words

OWN_SIGHTING = "operator's own sighting"  # goes without saying in small print


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def day_heading(moment: datetime, today: date | None = None) -> str:
    """`Friday 20 November 2026`, said of today and yesterday by name where `today` is known."""
    here = local(moment)
    words = f"{here:%A} {here.day} {here:%B %Y}"
    if today is not None and here.date() == today:
        return f"Today, {words}"
    if today is not None and here.date() == today - timedelta(days=1):
        return f"Yesterday, {words}"
    return words


def where(entry: LogEntry) -> str:
    """Camera and place of an entry: `014 George Street`."""
    return " ".join(part for part in (entry.camera_number, entry.place) if part)


def late_words(entry: LogEntry) -> str:
    """`late: written 22:58`, with the day when it is another one; empty for an entry in time."""
    if not entry.late:
        return ""
    same = local_date(entry.recorded_at) == local_date(entry.occurred_at)
    return f"late: written {show_time(entry.recorded_at) if same else show_moment(entry.recorded_at)}"


def how_long(span: timedelta) -> str:
    """`17 min`, `2 h 5 min`, `3 d`."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{hours // 24} d"


def spoken_entry(entry: LogEntry) -> str:
    """An entry as one sentence, for screen readers and tool tips."""
    parts = [f"{show_day(local_date(entry.occurred_at))} {show_time(entry.occurred_at)}", where(entry)]
    parts += [
        entry.category,
        entry.text,
        entry.author,
        entry.incident_reference,
        late_words(entry),
        entry.unsaved,
    ]
    return ", ".join(part for part in parts if part)


class EntryDelegate(RowDelegate[LogEntry]):
    """Paints log entries."""

    def lead_of(self, record: LogEntry) -> tuple[str, str]:
        return show_time(record.occurred_at), record.author

    def text_of(self, record: LogEntry) -> str:
        return record.text

    def paint_head(self, painter: QPainter, box: QRectF, record: LogEntry) -> None:
        self._paint_tags(painter, box, record)
        if record.camera_number:
            used = words(painter, box, record.camera_number, "text", theme.BODY, theme.NUMBER)
            box.setLeft(box.left() + used + 8)
        about = " · ".join(part for part in (record.place, capital(record.category)) if part)
        words(painter, box, about, "text_dim", 13)

    def _paint_tags(self, painter: QPainter, box: QRectF, entry: LogEntry) -> None:
        """What else there is, from the right: incident, late, addenda, a picture. What is left of `box` is free."""
        if entry.incident_reference:
            painter.setFont(theme.font(theme.SMALL, theme.STRONG))
            width = painter.fontMetrics().horizontalAdvance(entry.incident_reference) + 1
            place = QRectF(box.right() - width, box.top(), width, box.height())
            words(painter, place, entry.incident_reference, "accent", theme.SMALL, theme.STRONG)
            box.setRight(place.left() - 10)
        pills = ((bool(entry.unsaved), entry.unsaved, "warn"), (entry.late, "late", "warn"))
        for shown, text, state in (*pills, (entry.spooled, "saved later", "idle")):
            if shown:
                paint_pill_before(painter, box, text, state)
        for shown, name in ((entry.snapshot is not None, "image"), (bool(entry.addenda), "note-pencil")):
            if shown:
                size = theme.px(15)
                paint_icon(painter, name, "text_dim", box.right() - size, box.center().y(), size)
                box.setRight(box.right() - size - 8)


ENTRY_HINT = "Enter saves, Shift+Enter begins a new line"
ADDENDUM_HINT = "What was written stays as it is"
ADDENDUM = (
    Field(
        "reason",
        "Why",
        hint="What was wrong or missing",
        needed="Say what was wrong or missing.",
        in_words=True,
        longest=LONGEST_TEXT,
    ),
    Field(
        "text",
        "What is right, or has become known",
        "text",
        lines=2,
        needed="Write the addendum.",
        longest=LONGEST_TEXT,
    ),
)


def new_entry_fields(
    vocabulary: Vocabulary,
    cameras: Sequence[Camera],
    now: Callable[[], datetime],
    *,
    category_named: str = "observation",
    camera: Camera | None = None,
) -> tuple[Field | tuple[Field, ...], ...]:
    """A new entry: words first, the rest is filled in as far as it is known."""
    return (
        Field("text", "What happened", "text", needed="Write what happened.", longest=LONGEST_TEXT),
        (
            Field("camera", "Camera", "camera", value=camera, choices=cameras),
            Field("at", "When it happened", "moment", value=now),
        ),
        (
            category(vocabulary, value=category_named, needed="Choose a category from the list."),
            source(vocabulary),
            cad(now=now),
        ),
    )


def about_of(values: Values, incident: str = "") -> About:
    """What it is about, as the outbox shows it until it is saved; `incident` is the reference of the one it joins."""
    camera: Camera | None = values["camera"]
    number, place = (camera.number, camera.place.street) if camera is not None else ("", "")
    return About(number, place, incident, private=bool(incident))


def addendum_of(values: Values, entry: LogEntry) -> NewAddendum:
    """What the fields of an addendum to `entry` were filled in with; the entry may be on its way to the database."""
    is_saved = not entry.unsaved
    return NewAddendum(
        values["reason"], values["text"], entry.id if is_saved else 0, "" if is_saved else entry.entry_key
    )


def about_entry(entry: LogEntry) -> About:
    """What an addendum to `entry` is about."""
    incident = entry.incident_reference
    return About(entry.camera_number, entry.place, incident, private=bool(incident))


def entry_of(values: Values, incident_id: int | None = None) -> NewLogEntry:
    """What the fields of a new entry were filled in with."""
    camera: Camera | None = values["camera"]
    return NewLogEntry(
        text=values["text"],
        category=values["category"],
        source=values["source"],
        camera_id=camera.id if camera is not None else None,
        cad=values["cad"],
        occurred_at=values["at"],
        incident_id=incident_id,
    )


def category(
    vocabulary: Vocabulary,
    label: str = "Category",
    *,
    of_incident: bool = False,
    value: str | None = None,
    needed: str = "Type a few letters and choose a category.",
) -> Field:
    """A category that is found by its first letters; those of incidents alone, or of the log too."""

    def find(typed: str) -> list[str]:
        named = [each.name for each in vocabulary.find_categories(typed)]
        if of_incident:
            return named
        start = fold(typed)
        own = [
            each
            for each in vocabulary.log_categories
            if any(word.startswith(start) for word in fold(each).split())
        ]
        return list(dict.fromkeys([*own, *named]))

    chooser = partial(Chooser, find, "Type: rob, shop, misper…")
    return Field("category", label, value=value, needed=needed, stretch=2, make=chooser)


def cad(
    value: str = "",
    hint: str = "4417/20NOV",
    stretch: int = 1,
    now: Callable[[], datetime] | None = None,
) -> Field:
    """A CAD reference, checked as it is when it is saved.

    With `now`, one named in the form's text is taken where the field is empty, and said beside it.
    """

    def from_text(answers: Values) -> str:
        if now is None or answers["cad"].strip():
            return ""
        found = cad_in(answers["text"], local_date(answers.get("at") or now()))
        return f"From the text: {found}" if found else ""

    return Field("cad", "CAD", value=value, hint=hint, stretch=stretch, check=cad_problem, tell=from_text)


def source(
    vocabulary: Vocabulary, label: str = "Source", value: str | None = None, stretch: int = 2
) -> Field:
    """How something came to the room, the operator's own sighting first."""
    names = [each.name for each in vocabulary.sources]
    if value and value not in names:
        names.append(value)  # retired since: the record keeps it
    pairs = [(capital(each), each) for each in names]
    return Field("source", label, "choice", value=value, choices=pairs, stretch=stretch)
