"""Restricting the incident shown to named people, or lifting that: the form, and doing it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject

from controlroom.accounts.records import Actor
from controlroom.incidents.records import Incident, IncidentFile
from controlroom.incidents.restricted.records import Reader
from controlroom.incidents.restricted.service import RestrictionService
from controlroom.ui.background import Background
from controlroom.ui.kit.ask import Ask, choices, line
from controlroom.ui.pages.incidents.people_field import PeopleField
from controlroom.ui.session import DeskSession

Put = Callable[[Ask, int], object]
Done = Callable[[Incident, str], object]
NOTE = "Everybody else finds it nowhere: not in lists, search, counts, exports or the audit's words"


class Restricting(QObject):
    """Asks who shall see an incident and why; `put` shows the form, `done` says what became of it."""

    def __init__(
        self,
        service: RestrictionService,
        session: DeskSession,
        background: Background,
        put: Put,
        done: Done,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._service, self._session, self._background = service, session, background
        self._put, self._done = put, done

    def begin(self, file: IncidentFile) -> None:
        """Read who can be named, then ask."""
        actor = self._session.actor
        self._background.run(
            lambda: self._service.candidates(actor), lambda people: self._ask(file, people), owner=self
        )

    def _ask(self, file: IncidentFile, people: Sequence[Reader]) -> None:
        incident, actor = file.incident, self._session.actor
        ask = restriction(file, people, actor.user_id)

        def confirmed(values: Mapping[str, Any]) -> None:
            lifted = values.get("who") == "everybody"

            def saved(_nothing: None) -> None:
                ask.close_ask()
                self._done(incident, _said(incident, lifted))

            self._background.run(
                lambda: self._do(actor, incident, values, lifted), saved, ask.fail, owner=ask
            )

        ask.confirmed.connect(confirmed)
        self._put(ask, incident.id)

    def _do(self, actor: Actor, incident: Incident, values: Mapping[str, Any], lifted: bool) -> None:
        if lifted:
            self._service.lift(actor, incident.id, values["reason"])
        else:
            self._service.restrict(actor, incident.id, values["people"], values["reason"])


def restriction(file: IncidentFile, people: Sequence[Reader], own: int) -> Ask:
    """Who sees it, and why; the person who opened it is ticked to begin with."""
    before = file.restriction
    ask = Ask(f"Who sees {file.incident.reference}", "Save who sees it", note=NOTE)
    if before is not None:
        pairs = [("Only the people ticked", "named"), ("Everybody again: lift the restriction", "everybody")]
        ask.ask("who", "Seen by", choices(pairs, "named"))
        chosen = {each.user_id for each in before.readers}
    else:
        chosen = {each.user_id for each in people if each.handle == file.incident.opened_by}
    ask.ask("people", "Only these people", PeopleField(people, chosen, own))
    ask.ask("reason", "Why", line(hint="Directed surveillance, URN 14/26"), needed="Say why, in a few words.")
    return ask


def _said(incident: Incident, lifted: bool) -> str:
    if lifted:
        return f"{incident.reference} is seen by everybody again."
    return f"{incident.reference} is seen by the people named, and by nobody else."
