"""What the forms of log entries ask, in the log and in incidents: a new entry, an addendum, category and source."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from controlroom.cameras.records import Camera
from controlroom.log.outbox.records import About
from controlroom.log.records import LogEntry, NewAddendum, NewLogEntry
from controlroom.log.search import fold
from controlroom.log.vocabulary import Vocabulary
from controlroom.ui.kit.chooser import Chooser
from controlroom.ui.kit.entry_words import capital
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import Values

ENTRY_HINT = "Enter saves, Shift+Enter begins a new line"
ADDENDUM_HINT = "What was written stays as it is"
ADDENDUM = (
    Field("reason", "Why", hint="What was wrong or missing", needed="Say what was wrong or missing."),
    Field("text", "What is right, or has become known", "text", lines=2, needed="Write the addendum."),
)


def new_entry_fields(
    vocabulary: Vocabulary,
    cameras: Sequence[Camera],
    now: datetime,
    *,
    category_named: str = "observation",
    camera: Camera | None = None,
) -> tuple[Field | tuple[Field, ...], ...]:
    """A new entry: words first, the rest is filled in as far as it is known."""
    return (
        Field("text", "What happened", "text", needed="Write what happened."),
        (
            Field("camera", "Camera", "camera", value=camera, choices=cameras),
            Field("at", "When it happened", "moment", value=now),
        ),
        (
            category(vocabulary, value=category_named, needed="Choose a category from the list."),
            source(vocabulary),
            Field("cad", "CAD", hint="4417/20NOV"),
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


def source(
    vocabulary: Vocabulary, label: str = "Source", value: str | None = None, stretch: int = 2
) -> Field:
    """How something came to the room, the operator's own sighting first."""
    pairs = [(capital(each.name), each.name) for each in vocabulary.sources]
    return Field("source", label, "choice", value=value, choices=pairs, stretch=stretch)
