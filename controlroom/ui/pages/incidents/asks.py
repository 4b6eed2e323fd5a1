"""The forms of an incident: a new one, each step of its road, agencies, changes, addenda; and what they mean."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from controlroom.cameras.records import Camera
from controlroom.clock import show_time
from controlroom.incidents import rules
from controlroom.incidents.records import (
    Amendment,
    Incident,
    IncidentAction,
    NewIncident,
    Origin,
    Result,
    Step,
)
from controlroom.log.records import LogEntry
from controlroom.log.vocabulary import Vocabulary
from controlroom.ui.kit.ask import Ask, WordsEdit, choices, line
from controlroom.ui.kit.camera_field import CameraField
from controlroom.ui.kit.entry_forms import category_chooser, source_choice
from controlroom.ui.kit.entry_words import capital, where
from controlroom.ui.kit.moment_edit import MomentEdit
from controlroom.ui.widgets.text import label

_A = IncidentAction
_TIMED = {_A.MONITOR, _A.INFORM_POLICE, _A.POLICE_ARRIVE, _A.CONCLUDE}
_WHY = {
    _A.RETURN: "What is missing or wrong",
    _A.REOPEN: "Why it is opened again",
    _A.CONCLUDE: "Why the police did not come",
}


def new_incident(
    vocabulary: Vocabulary,
    cameras: Sequence[Camera],
    now: datetime,
    *,
    camera: Camera | None = None,
    note: str = "",
) -> Ask:
    """A new incident: what it is and what happened; time, camera and place are filled in already."""
    ask = Ask("New incident", "Open incident", note=note or "Enter opens it, Shift+Enter begins a new line")
    chooser = category_chooser(vocabulary, of_incident=True)
    ask.ask("category", "What is it", chooser, needed="Type a few letters and choose a category.")
    ask.ask("text", "What happened", WordsEdit(3), needed="Write what happened; one line is enough.")
    when = MomentEdit()
    when.set_moment(now)
    field = CameraField()
    field.set_cameras(cameras)
    field.set_camera(camera)
    cad, place = line(hint="4417/20NOV"), line(hint="From the camera")
    ask.add_row(("source", "How it came", source_choice(vocabulary), 3), ("cad", "CAD", cad, 2))
    ask.ask("camera", "Camera", field)
    ask.add_row(("at", "When it happened", when, 3), ("place", "Place", place, 2))
    return ask


def from_entry(entry: LogEntry, vocabulary: Vocabulary) -> Ask:
    """An incident that begins with an entry already written: only what it is."""
    ask = Ask("New incident from a log entry", "Open incident", note=where(entry))
    ask.form.add_wide(label(f"{show_time(entry.occurred_at)}  {entry.text}", 15, wrap=True))
    chooser = category_chooser(vocabulary, of_incident=True)
    if entry.category in {each.name for each in vocabulary.categories}:
        chooser.set_value(entry.category)
    ask.ask("category", "What is it", chooser, needed="Type a few letters and choose a category.")
    return ask


def incident_of(values: Mapping[str, Any], snapshot: Path | None, at: datetime | None) -> NewIncident:
    """What `new_incident` was filled in with; `at` is the tile's moment, unless another was entered."""
    camera: Camera | None = values["camera"]
    return NewIncident(
        category=values["category"],
        text=values["text"],
        source=values["source"],
        camera_id=camera.id if camera is not None else None,
        place=values["place"],
        cad=values["cad"],
        occurred_at=values["at"] or at,
        snapshot=snapshot,
    )


def step(incident: Incident, action: IncidentAction, vocabulary: Vocabulary, now: datetime) -> Ask:
    """What a step of the road needs to know."""
    ask = Ask(f"{action.value}: {incident.reference}", action.value)
    if action is _A.CONCLUDE:
        results = choices([("Choose how it ended", None), *((capital(each.value), each) for each in Result)])
        outcomes = choices([(capital(each), each) for each in vocabulary.outcomes], "none")
        ask.add_row(("result", "Result", results, 1), ("outcome", "Enforcement", outcomes, 1))
        ask.need("result", "Choose how it ended.")
    if rules.needs_reason(action, incident.state):
        ask.ask("reason", _WHY[action], line(), needed="Say why, in a few words.")
    elif action in {_A.SUBMIT, _A.APPROVE}:
        ask.ask("reason", "Note for the record (may stay empty)", line())
    if action in _TIMED:
        when = MomentEdit()
        when.set_moment(now)
        if action is _A.INFORM_POLICE:
            cad = line(incident.cad, "4417, or 4417/20NOV")
            ask.add_row(("cad", "CAD", cad, 1), ("at", "When", when, 2))
        else:
            ask.ask("at", "When", when)
    return ask


def step_of(values: Mapping[str, Any], action: IncidentAction, seen_version: int | None) -> Step:
    """What `step` was filled in with."""
    return Step(
        action=action,
        reason=values.get("reason", ""),
        result=values.get("result"),
        outcome=values.get("outcome", ""),
        cad=values.get("cad", ""),
        at=values.get("at"),
        seen_version=seen_version,
    )


def inform(incident: Incident, vocabulary: Vocabulary, now: datetime) -> Ask:
    """An agency that was told."""
    ask = Ask(f"Agency informed: {incident.reference}", "Note it")
    when = MomentEdit()
    when.set_moment(now)
    agencies = choices([(each, each) for each in vocabulary.agencies[1:]])
    ask.add_row(("agency", "Agency", agencies, 1), ("at", "When", when, 1))
    ask.ask(
        "note", "How, and what was said (may stay empty)", line(hint="By telephone; two appliances coming")
    )
    return ask


def amend(incident: Incident, vocabulary: Vocabulary) -> Ask:
    """What an incident is filed under."""
    ask = Ask(
        f"Change details: {incident.reference}", "Save changes", note="The timeline says what was changed"
    )
    chooser = category_chooser(vocabulary, of_incident=True)
    chooser.set_value(incident.category)
    origins = choices([(capital(each.value), each) for each in Origin], incident.origin)
    source = source_choice(vocabulary, incident.source)
    ask.add_row(
        ("category", "Category", chooser, 2), ("source", "Source", source, 2), ("origin", "Found", origins, 1)
    )
    ask.need("category", "Choose a category from the list.")
    ask.add_row(("place", "Place", line(incident.place), 1), ("ward", "Ward", line(incident.ward), 1))
    crime = line(incident.crime_reference, "0123456/26")
    ask.add_row(
        ("cad", "CAD", line(incident.cad, "4417/20NOV"), 1), ("crime_reference", "Crime reference", crime, 1)
    )
    return ask


def amendment_of(values: Mapping[str, Any], incident: Incident) -> Amendment:
    """What was changed in `amend`; what was left alone is None."""

    def changed(key: str) -> Any:
        return values[key] if values[key] != getattr(incident, key) else None

    return Amendment(
        category=changed("category"),
        source=changed("source"),
        origin=changed("origin"),
        place=changed("place"),
        ward=changed("ward"),
        cad=changed("cad"),
        crime_reference=changed("crime_reference"),
    )
