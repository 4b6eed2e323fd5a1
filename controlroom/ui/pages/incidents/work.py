"""Doing something with an incident: ask what it needs, do it in the background, say what became of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.records import Actor
from controlroom.cameras.records import Camera
from controlroom.incidents.records import Incident, IncidentAction
from controlroom.incidents.service import IncidentService
from controlroom.log.records import LogEntry
from controlroom.ui.background import Background
from controlroom.ui.kit import entry_forms
from controlroom.ui.kit.ask import Ask
from controlroom.ui.kit.picture import Picture
from controlroom.ui.pages.incidents import asks
from controlroom.ui.session import DeskSession

Values = Mapping[str, Any]
Work = Callable[[Actor, Values], Incident]
PREVIEW_WIDTH = 300


class IncidentWork(QObject):
    """Each method opens a form by `asked`; when its answer was saved, `done` says so and the form closes.

    A form whose answer was refused stays open, with everything typed, and says why.
    """

    asked = Signal(object, object)  # Ask, and the id of the incident it is about (None: a new one)
    done = Signal(object, str)  # Incident as it is now, and what to say

    def __init__(
        self,
        incidents: IncidentService,
        session: DeskSession,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._incidents, self._session, self._background = incidents, session, background

    def open_new(
        self,
        cameras: Sequence[Camera],
        camera: Camera | None,
        snapshot: Path | None,
        occurred_at: datetime | None,
    ) -> None:
        """A new incident; the tile's camera, picture and moment are filled in."""
        ask = asks.new_incident(
            self._incidents.vocabulary,
            cameras,
            occurred_at or self._incidents.now(),
            camera=camera,
            note=self._session.actor.handle,
        )
        if snapshot is not None:
            ask.beside(Picture(lambda: snapshot, self._background, width=PREVIEW_WIDTH, enlarges=False))

        def work(actor: Actor, values: Values) -> Incident:
            new = asks.incident_of(values, snapshot, occurred_at)
            return self._incidents.open_incident(actor, new)

        self._open(ask, work, "is open")

    def open_from_entry(self, entry: LogEntry) -> None:
        """An incident that begins with an entry of the log."""
        ask = asks.from_entry(entry, self._incidents.vocabulary)

        def work(actor: Actor, values: Values) -> Incident:
            return self._incidents.open_from_entry(actor, entry.id, values["category"])

        self._open(ask, work, "is open")

    def act(self, incident: Incident, action: IncidentAction) -> None:
        """A step of the road."""
        ask = asks.step(incident, action, self._incidents.vocabulary, self._incidents.now())

        def work(actor: Actor, values: Values) -> Incident:
            step = asks.step_of(values, action, ask.version)
            return self._incidents.act(actor, incident.id, step)

        self._open(ask, work, "", incident)

    def add_entry(self, incident: Incident, cameras: Sequence[Camera]) -> None:
        """A log entry that belongs to the incident."""
        camera = next((each for each in cameras if each.number in incident.cameras), None)
        ask = entry_forms.new_entry(
            self._incidents.vocabulary,
            cameras,
            self._incidents.now(),
            title=f"Log entry for {incident.reference}",
            category=incident.category,
            camera=camera,
        )

        def work(actor: Actor, values: Values) -> Incident:
            return self._incidents.add_entry(actor, incident.id, entry_forms.entry_of(values))

        self._open(ask, work, "has one more entry", incident)

    def inform_agency(self, incident: Incident) -> None:
        """An agency that was told."""
        ask = asks.inform(incident, self._incidents.vocabulary, self._incidents.now())

        def work(actor: Actor, values: Values) -> Incident:
            agency, note, at = values["agency"], values["note"], values["at"]
            return self._incidents.inform_agency(actor, incident.id, agency, note, at)

        self._open(ask, work, "says who was informed", incident)

    def change_details(self, incident: Incident) -> None:
        """What the incident is filed under."""
        ask = asks.amend(incident, self._incidents.vocabulary)

        def work(actor: Actor, values: Values) -> Incident:
            changes = asks.amendment_of(values, incident)
            return self._incidents.amend(actor, incident.id, changes, ask.version)

        self._open(ask, work, "was changed; its timeline says what", incident)

    def add_addendum(self, incident: Incident) -> None:
        """An addendum to the record."""

        def work(actor: Actor, values: Values) -> Incident:
            return self._incidents.add_addendum(actor, incident.id, values["reason"], values["text"])

        self._open(entry_forms.addendum(), work, "has an addendum", incident)

    def _open(self, ask: Ask, work: Work, said: str, about: Incident | None = None) -> None:
        def saved(incident: Incident) -> None:
            ask.close_ask()
            self.done.emit(incident, f"{incident.reference} {said or f'is {incident.state} now'}.")

        def confirmed(values: Values) -> None:
            actor = self._session.actor
            self._background.run(lambda: work(actor, values), saved, ask.fail, owner=ask)

        ask.version = about.version if about is not None else None
        ask.confirmed.connect(confirmed)
        self.asked.emit(ask, about.id if about is not None else None)
