"""Rows of the demonstration's log and incidents, made from what happened and not yet numbered, sealed or inserted."""

from datetime import datetime

from controlroom.clock import local
from controlroom.database.tables import ReferenceCounterRow
from controlroom.database.unit_of_work import Work
from controlroom.incidents.records import IncidentAction, IncidentState, Origin, StepKind
from controlroom.incidents.rules import ROAD
from controlroom.incidents.tables import IncidentCameraRow, IncidentRow, IncidentStepRow
from controlroom.incidents.work import PREFIX
from controlroom.log import vocabulary
from controlroom.log.rules import is_late
from controlroom.log.tables import LogEntryRow
from controlroom.simulator.borough.happenings import Happening, Line, Taken


def opened_at(happening: Happening) -> datetime:
    """When an incident was opened: when its first entry was recorded."""
    return happening.lines[0].at + happening.lines[0].late_by


class Collected:
    """Rows in memory. Incidents must be noted in the order in which they were opened: they get their references."""

    def __init__(self, work: Work, now: datetime, first_incident: int) -> None:
        self._work, self._now = work, now
        self._lists = vocabulary.load()
        self._next_incident = first_incident
        self._counters: dict[int, ReferenceCounterRow] = {}
        self.entries: list[tuple[LogEntryRow, Line, IncidentRow | None]] = []
        self.incidents: list[IncidentRow] = []
        self.cameras: list[IncidentCameraRow] = []
        self.steps: list[tuple[IncidentStepRow, IncidentRow, str]] = []

    def note_line(self, line: Line, incident: IncidentRow | None) -> None:
        """A log entry; left out when it would have been written after `now`."""
        recorded_at = line.at + line.late_by
        if recorded_at > self._now:
            return
        camera = line.camera
        row = LogEntryRow(
            occurred_at=line.at,
            recorded_at=recorded_at,
            late=is_late(line.at, recorded_at),
            author=line.author,
            camera_id=camera.id if camera else None,
            camera_number=camera.number if camera else "",
            place=camera.place.street if camera else "",
            ward=camera.place.ward if camera else "",
            source=line.source,
            category=line.category,
            cad=line.cad,
            snapshot_path="",
            snapshot_sha256="",
            text_hash="",
            spooled=False,
        )
        self.entries.append((row, line, incident))

    def note_incident(self, happening: Happening) -> None:
        """An incident with its cameras, entries and the steps it has taken by `now`."""
        place, opened = happening.camera.place, opened_at(happening)
        proactive = self._lists.is_proactive(happening.source)
        origin = Origin.PROACTIVE if proactive else Origin.REACTIVE
        row = IncidentRow(
            id=self._next_incident,
            reference=self._reference(opened),
            state=IncidentState.OPEN.value,
            category=happening.category,
            source=happening.source,
            origin=origin.value,
            place=place.street,
            ward=place.ward,
            cad=happening.cad,
            crime_reference=happening.crime_reference,
            result="",
            outcome="",
            opened_by=happening.author,
            opened_at=opened,
            occurred_at=happening.at,
            changed_at=opened,
            submitted_by="",
            version=1,
        )
        self._next_incident += 1
        self.incidents.append(row)
        for line in happening.lines:
            self.note_line(line, row)
        seen = dict.fromkeys(line.camera for line in happening.lines if line.camera and line.at <= self._now)
        for order, camera in enumerate(seen, 1):
            self.cameras.append(
                IncidentCameraRow(
                    incident_id=row.id, place_in_order=order, camera_id=camera.id, camera_number=camera.number
                )
            )
        self._note_steps(row, happening)

    def _note_steps(self, row: IncidentRow, happening: Happening) -> None:
        detail = f"{row.category}, {row.source}, {row.origin}"
        first = self._step(
            row, StepKind.OPENED, "opened", row.occurred_at, row.opened_by, to_state=row.state, detail=detail
        )
        self.steps.append((first, row, ""))
        for what in sorted((*happening.informed, *happening.steps), key=lambda each: each.at):
            recorded_at = max(what.at, row.opened_at)
            if recorded_at > self._now:
                continue
            if isinstance(what, Taken):
                self._note_move(row, what)
            else:
                told = self._step(
                    row, StepKind.INFORMED, "agency informed", what.at, what.author, agency=what.agency
                )
                self.steps.append((told, row, what.note))
            row.version += 1
            row.changed_at = recorded_at

    def _note_move(self, row: IncidentRow, taken: Taken) -> None:
        action = taken.action
        target = ROAD[action].target
        police = action is IncidentAction.INFORM_POLICE
        step = self._step(
            row,
            StepKind.MOVED,
            action.value,
            taken.at,
            taken.author,
            from_state=row.state,
            to_state=target.value,
            agency=self._lists.police if police else "",
            result=taken.result,
            outcome=taken.outcome,
            detail=f"CAD {row.cad}" if police and row.cad else "",
        )
        self.steps.append((step, row, taken.reason))
        row.state = target.value
        if action is IncidentAction.CONCLUDE:
            row.result, row.outcome = taken.result, taken.outcome
        elif action is IncidentAction.REOPEN:
            row.result = row.outcome = row.submitted_by = ""
        elif action is IncidentAction.SUBMIT:
            row.submitted_by = taken.author

    def _step(
        self, row: IncidentRow, kind: StepKind, action: str, at: datetime, author: str, **facts: str
    ) -> IncidentStepRow:
        empty = dict.fromkeys(
            ("from_state", "to_state", "agency", "result", "outcome", "detail", "text_hash"), ""
        )
        recorded_at = max(at, row.opened_at)
        return IncidentStepRow(
            incident_id=row.id,
            kind=kind.value,
            action=action,
            at=at,
            recorded_at=recorded_at,
            author=author,
            **(empty | facts),
        )

    def _reference(self, at: datetime) -> str:
        year = local(at).year
        if year not in self._counters:
            row = self._work.session.get(ReferenceCounterRow, (PREFIX, year))
            if row is None:
                row = ReferenceCounterRow(prefix=PREFIX, year=year, last=0)
                self._work.session.add(row)
            self._counters[year] = row
        counter = self._counters[year]
        counter.last += 1
        return f"{PREFIX}-{year}-{counter.last:05d}"
