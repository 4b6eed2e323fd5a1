"""The forms of log entries, for the log and for incidents: a new entry, an addendum, and what their values mean."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from controlroom.cameras.records import Camera
from controlroom.log.records import NewLogEntry
from controlroom.log.search import fold
from controlroom.log.vocabulary import Vocabulary
from controlroom.ui.kit.ask import Ask, WordsEdit, choices, line
from controlroom.ui.kit.camera_field import CameraField
from controlroom.ui.kit.chooser import Chooser
from controlroom.ui.kit.entry_words import capital
from controlroom.ui.kit.moment_edit import MomentEdit
from controlroom.ui.widgets.value_box import ValueBox

TEXT_MISSING = "Write what happened."


def new_entry(
    vocabulary: Vocabulary,
    cameras: Sequence[Camera],
    now: datetime,
    *,
    title: str = "New log entry",
    category: str = "observation",
    camera: Camera | None = None,
) -> Ask:
    """A new entry: words first, the rest is filled in as far as it is known."""
    ask = Ask(title, "Save entry", note="Enter saves, Shift+Enter begins a new line")
    ask.ask("text", "What happened", WordsEdit(3), needed=TEXT_MISSING)
    field = CameraField()
    field.set_cameras(cameras)
    field.set_camera(camera)
    when = MomentEdit()
    when.set_moment(now)
    ask.add_row(("camera", "Camera", field, 1), ("at", "When it happened", when, 1))
    chooser = category_chooser(vocabulary, of_incident=False)
    chooser.set_value(category)
    ask.add_row(
        ("category", "Category", chooser, 2),
        ("source", "Source", source_choice(vocabulary), 2),
        ("cad", "CAD", line(hint="4417/20NOV"), 1),
    )
    ask.need("category", "Choose a category from the list.")
    return ask


def entry_of(values: Mapping[str, Any], incident_id: int | None = None) -> NewLogEntry:
    """What `new_entry` was filled in with."""
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


def addendum() -> Ask:
    """An addendum: why, and the words."""
    ask = Ask("Addendum", "Add", note="What was written stays as it is")
    ask.ask("reason", "Why", line(hint="What was wrong or missing"), needed="Say what was wrong or missing.")
    ask.ask("text", "What is right, or has become known", WordsEdit(2), needed="Write the addendum.")
    return ask


def category_chooser(vocabulary: Vocabulary, *, of_incident: bool) -> Chooser:
    """A field for the category that narrows as you type."""

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

    return Chooser(find, "Type: rob, shop, misper…")


def source_choice(vocabulary: Vocabulary, chosen: str = "") -> ValueBox:
    """A list of the sources, the operator's own sighting first."""
    return choices([(capital(each.name), each.name) for each in vocabulary.sources], chosen)
