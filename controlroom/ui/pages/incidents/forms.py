"""Declares the forms of the incidents page: what each action asks, and the use case it ends in."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from controlroom.accounts.records import Actor
from controlroom.cameras.records import Camera
from controlroom.clock import show_time
from controlroom.incidents import rules
from controlroom.incidents.meanwhile import cad_from
from controlroom.incidents.records import (
    Amendment,
    Incident,
    IncidentAction,
    IncidentFile,
    NewIncident,
    Origin,
    Reader,
    Result,
    Step,
    Theme,
)
from controlroom.incidents.restrictions import LONGEST_REASON, RestrictionService
from controlroom.incidents.service import IncidentService
from controlroom.log.outbox.records import OutboxItem
from controlroom.log.records import LogEntry
from controlroom.log.rules import LONGEST_TEXT
from controlroom.ui.kit import entries
from controlroom.ui.kit.entries import capital, where
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import SEEN, FormSpec, Values
from controlroom.ui.kit.pending import PendingEntries, accepted_words
from controlroom.ui.pages.incidents.people_field import PeopleField
from controlroom.ui.session import DeskSession

_A = IncidentAction
_TIMED = {_A.MONITOR, _A.INFORM_POLICE, _A.POLICE_ARRIVE, _A.CONCLUDE}
_WHY = {
    _A.RETURN: "What is missing or wrong",
    _A.REOPEN: "Why it is opened again",
    _A.CONCLUDE: "Why the police did not come",
}
_SAY_WHY = "Say why, in a few words."
NOTE = "Everybody else finds it nowhere: not in lists, search, counts, exports or the audit's words"
Row = Field | tuple[Field, ...]


class IncidentForms:
    """Makes the form of each action, for the person signed in when it is opened."""

    def __init__(
        self,
        incidents: IncidentService,
        restrictions: RestrictionService,
        session: DeskSession,
        pending: PendingEntries,
    ) -> None:
        self._incidents, self._restrictions, self._session = incidents, restrictions, session
        self._pending = pending
        self._vocabulary = incidents.vocabulary

    def new(
        self,
        cameras: Sequence[Camera],
        camera: Camera | None = None,
        snapshot: Path | None = None,
        at: datetime | None = None,
    ) -> FormSpec:
        """A new incident; camera, picture and moment `at` of a live tile are filled in already."""
        actor = self._session.actor
        fields: tuple[Row, ...] = (
            entries.category(self._vocabulary, "What is it", of_incident=True),
            Field(
                "text",
                "What happened",
                "text",
                needed="Write what happened; one line is enough.",
                longest=LONGEST_TEXT,
            ),
            (
                entries.source(self._vocabulary, "How it came", stretch=3),
                entries.cad(stretch=2, now=self._incidents.now),
            ),
            Field("camera", "Camera", "camera", value=camera, choices=cameras),
            (
                Field("at", "When it happened", "moment", value=at or self._incidents.now, stretch=3),
                Field("place", "Place", hint="From the camera", stretch=2),
            ),
        )

        def run(values: Values) -> Incident:
            named: Camera | None = values["camera"]
            new = NewIncident(
                category=values["category"],
                text=values["text"],
                source=values["source"],
                camera_id=named.id if named is not None else None,
                place=values["place"],
                cad=values["cad"],
                occurred_at=values["at"] or at,
                snapshot=snapshot,
            )
            return self._incidents.open_incident(actor, new)

        title = f"New incident: camera {camera.number}" if camera is not None else "New incident"
        return FormSpec(title, "Open incident", run, fields, hint=actor.handle, said=_is_open)

    def from_entry(self, entry: LogEntry) -> FormSpec:
        """An incident that begins with an entry already written: only what it is."""
        actor = self._session.actor
        known = entry.category in {each.name for each in self._vocabulary.categories}
        category = entries.category(
            self._vocabulary, "What is it", of_incident=True, value=entry.category if known else None
        )

        def run(values: Values) -> Incident:
            return self._incidents.open_from_entry(actor, entry.id, values["category"])

        return FormSpec(
            "New incident from a log entry",
            "Open incident",
            run,
            (category,),
            hint=where(entry),
            quote=f"{show_time(entry.occurred_at)}  {entry.text}",
            said=_is_open,
        )

    def step(
        self, incident: Incident, action: IncidentAction, then: Callable[[Incident], object] | None
    ) -> FormSpec:
        """What a step of the road needs to know."""
        actor = self._session.actor

        def run(values: Values) -> Incident:
            step = Step(
                action=action,
                reason=values.get("reason", ""),
                result=values.get("result"),
                outcome=values.get("outcome", ""),
                theme=values.get("theme") or None,
                cad=values.get("cad", ""),
                at=values.get("at"),
                seen_version=values[SEEN].version,
            )
            return self._incidents.act(actor, incident.id, step)

        return FormSpec(
            f"{action.value}: {incident.reference}",
            action.value,
            run,
            self._step_fields(incident, action),
            seen=incident,
            then=then,
            said=lambda after: f"{after.reference} is {after.state} now.",
        )

    def _step_fields(self, incident: Incident, action: IncidentAction) -> list[Row]:
        fields: list[Row] = []
        if action is _A.CONCLUDE:
            results = [("Choose how it ended", None), *((capital(each.value), each) for each in Result)]
            outcomes = [(capital(each), each) for each in self._vocabulary.outcomes]
            result = Field("result", "Result", "choice", choices=results, needed="Choose how it ended.")
            outcome = Field("outcome", "Enforcement", "choice", value="none", choices=outcomes)
            fields.append((result, outcome, _theme(incident)))
        if rules.needs_reason(action, incident.state):
            fields.append(Field("reason", _WHY[action], needed=_SAY_WHY, in_words=True))
        elif action in {_A.SUBMIT, _A.APPROVE}:
            fields.append(Field("reason", "Note for the record (may stay empty)"))
        when = Field("at", "When", "moment", value=self._incidents.now, stretch=2)
        if action is _A.INFORM_POLICE:
            fields.append((entries.cad(incident.cad, "4417, or 4417/20NOV"), when))
        elif action in _TIMED:
            fields.append(when)
        return fields

    def entry(self, incident: Incident, cameras: Sequence[Camera], camera: Camera | None = None) -> FormSpec:
        """A log entry that belongs to the incident: accepted on this desk, and saved once the database is here.

        It is about `camera`, or else the first of the incident's.
        """
        fields = entries.new_entry_fields(
            self._vocabulary,
            cameras,
            self._incidents.now,
            category_named=incident.category,
            camera=camera or next((each for each in cameras if each.number in incident.cameras), None),
        )
        actor = self._session.actor

        def run(values: Values) -> OutboxItem:
            new = entries.entry_of(values, incident.id)
            about = entries.about_of(values, incident.reference)
            return self._pending.accept(new, about, actor=actor).result()

        return FormSpec(
            f"Log entry for {incident.reference}",
            "Save entry",
            run,
            fields,
            hint=entries.ENTRY_HINT,
            seen=incident,
            said=accepted_words,
        )

    def join(self, file: IncidentFile) -> FormSpec:
        """The entries logged meanwhile on its cameras, to be read before they join."""
        incident, offered = file.incident, file.meanwhile
        wanted = [each.id for each in offered]
        lines = [f"{show_time(each.occurred_at)}  {each.camera_number}  {each.text}" for each in offered]
        cad = cad_from(incident, offered)
        return self._about(
            incident,
            f"Add to {incident.reference}",
            "Add them" if len(wanted) > 1 else "Add it",
            lambda actor, _values: self._incidents.join_entries(actor, incident.id, wanted),
            (),
            f"CAD {cad} becomes the incident's" if cad else "",
            "has what was logged meanwhile",
            "\n".join(lines),
        )

    def inform(self, incident: Incident) -> FormSpec:
        agencies = [(each, each) for each in self._vocabulary.agencies[1:]]
        agency = Field("agency", "Agency", "choice", choices=agencies)
        at = Field("at", "When", "moment", value=self._incidents.now)
        hint = "By telephone; two appliances coming"
        return self._about(
            incident,
            f"Agency informed: {incident.reference}",
            "Note it",
            lambda actor, values: self._incidents.inform_agency(
                actor, incident.id, values["agency"], values["note"], values["at"]
            ),
            ((agency, at), Field("note", "How, and what was said (may stay empty)", hint=hint)),
            "",
            "says who was informed",
        )

    def amend(self, incident: Incident) -> FormSpec:
        """What an incident is filed under."""

        def line(key: str, label: str, hint: str = "") -> Field:
            return Field(key, label, value=getattr(incident, key), hint=hint)

        origins = [(capital(each.value), each) for each in Origin]
        needed = "Choose a category from the list."
        fields = (
            (
                entries.category(self._vocabulary, of_incident=True, value=incident.category, needed=needed),
                entries.source(self._vocabulary, value=incident.source),
                Field("origin", "Found", "choice", value=incident.origin, choices=origins),
            ),
            (line("place", "Place"), line("ward", "Ward")),
            (
                entries.cad(incident.cad),
                line("crime_reference", "Crime reference", "0123456/26"),
                _theme(incident),
            ),
        )
        return self._about(
            incident,
            f"Change details: {incident.reference}",
            "Save changes",
            lambda actor, values: self._incidents.amend(
                actor, incident.id, _amendment(values, incident), values[SEEN].version
            ),
            fields,
            "The timeline says what was changed",
            "was changed; its timeline says what",
        )

    def addendum(self, incident: Incident) -> FormSpec:
        return self._about(
            incident,
            "Addendum",
            "Add",
            lambda actor, values: self._incidents.add_addendum(
                actor, incident.id, values["reason"], values["text"]
            ),
            entries.ADDENDUM,
            entries.ADDENDUM_HINT,
            "has an addendum",
        )

    def restrict(self, file: IncidentFile, people: Sequence[Reader]) -> FormSpec:
        """Who sees it, and why; the person who opened it is ticked to begin with."""
        incident, before, own = file.incident, file.restriction, self._session.actor.user_id
        fields: list[Row] = []
        if before is not None:
            lift = "Everybody again: lift the restriction"
            pairs = [("Only the people ticked", "named"), (lift, "everybody")]
            fields.append(Field("who", "Seen by", "choice", value="named", choices=pairs))
            chosen = {each.user_id for each in before.readers}
        else:
            chosen = {each.user_id for each in people if each.handle == incident.opened_by}
        fields += [
            Field("people", "Only these people", make=lambda: PeopleField(people, chosen, own)),
            Field(
                "reason",
                "Why",
                hint="Directed surveillance, URN 14/26",
                needed=_SAY_WHY,
                in_words=True,
                longest=LONGEST_REASON,
            ),
        ]

        def work(actor: Actor, values: Values) -> Incident:
            if values.get("who") == "everybody":
                self._restrictions.lift(actor, incident.id, values["reason"])
            else:
                self._restrictions.restrict(actor, incident.id, values["people"], values["reason"])
            return self._incidents.incident(actor, incident.id).incident

        return self._about(
            incident,
            f"Who sees {incident.reference}",
            "Save who sees it",
            work,
            fields,
            NOTE,
            lambda after: (
                "is seen by the people named, and by nobody else"
                if after.restricted
                else "is seen by everybody again"
            ),
        )

    def _about(
        self,
        incident: Incident,
        title: str,
        confirm: str,
        work: Callable[[Actor, Values], Incident],
        fields: Sequence[Row],
        hint: str,
        said: str | Callable[[Incident], str],
        quote: str = "",
    ) -> FormSpec:
        """A form about an incident; `said` follows its reference when it is done."""
        actor = self._session.actor

        def run(values: Values) -> Incident:
            return work(actor, values)

        def words(after: Incident) -> str:
            return f"{after.reference} {said if isinstance(said, str) else said(after)}."

        return FormSpec(title, confirm, run, fields, hint=hint, quote=quote, seen=incident, said=words)


def _theme(incident: Incident) -> Field:
    """What it turned on, which the strategic assessment counts; nobody has to say."""
    choices = [("Not said", ""), *((capital(each.value), each) for each in Theme)]
    return Field("theme", "Theme", "choice", value=incident.theme or "", choices=choices)


def _is_open(incident: Incident) -> str:
    return f"{incident.reference} is open."


def _amendment(values: Values, incident: Incident) -> Amendment:
    """What was changed; what was left alone is None."""
    keys = ("category", "source", "origin", "place", "ward", "cad", "crime_reference", "theme")
    return Amendment(**{key: values[key] for key in keys if values[key] != getattr(incident, key)})
