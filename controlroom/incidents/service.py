"""Use cases of incidents: open, add to, inform, move along, review. Each leaves a step, an audit entry, and news."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.audit.act import Act
from controlroom.audit.last_change import check_unchanged
from controlroom.cameras.records import Camera
from controlroom.database.unit_of_work import Work
from controlroom.errors import RuleBroken
from controlroom.incidents import queries, rules
from controlroom.incidents import work as incident_work
from controlroom.incidents.records import (
    Amendment,
    Incident,
    IncidentFile,
    IncidentFilter,
    IncidentPart,
    IncidentState,
    NewIncident,
    Step,
)
from controlroom.incidents.restricted.service import load_restriction
from controlroom.incidents.tables import IncidentRow
from controlroom.incidents.timeline import timeline
from controlroom.incidents.work import IncidentRows
from controlroom.log import queries as log_queries
from controlroom.log import rules as log_rules
from controlroom.log import work as log_work
from controlroom.log.records import NewLogEntry, Position
from controlroom.log.service import LogService

PAGE = 100  # incidents a page
MOST_EXPORTED = 10_000  # rows in one file; more than four years of incidents
OWN_SIGHTING = "operator's own sighting"


class IncidentService:
    """The incidents of the room. Works on the log's database, lists and pictures."""

    def __init__(self, log: LogService) -> None:
        self._log = log
        self._database = log.database
        self.vocabulary = log.vocabulary

    # -- opening ---------------------------------------------------------------------------------------------

    def open_incident(self, actor: Actor, new: NewIncident) -> Incident:
        """Open an incident with its first entry, in one transaction."""
        with self._log.kept(new.snapshot, new.occurred_at) as snapshot, self._database.write() as work:
            require(work.session, actor, Permission.OPEN_INCIDENTS)
            new = rules.check_new(new, work.now, self.vocabulary)
            act = Act.now(work, actor.handle)
            opened = incident_work.open_incident(act, new, snapshot, late_after=self._log.late_after)
            return _record(work, opened.row)

    def open_from_tile(
        self,
        actor: Actor,
        camera: Camera,
        category: str,
        text: str,
        snapshot_path: Path | None = None,
        occurred_at: datetime | None = None,
    ) -> Incident:
        """Open an incident from a live tile: the operator's own sighting on that camera, with the picture of it."""
        new = NewIncident(
            category, text, OWN_SIGHTING, camera.id, occurred_at=occurred_at, snapshot=snapshot_path
        )
        return self.open_incident(actor, new)

    def open_from_entry(self, actor: Actor, entry_id: int, category: str) -> Incident:
        """Open an incident that begins with an entry already in the log."""
        with self._database.write() as work:
            session = work.session
            require(session, actor, Permission.OPEN_INCIDENTS)
            entry = log_queries.load_entry(session, self._log.links, entry_id)
            if entry.incident_id is not None:
                raise RuleBroken(
                    f"That entry belongs to {entry.incident_reference} already.", remedy="Open that incident."
                )
            new = NewIncident(
                category, entry.text, entry.source, cad=entry.cad, occurred_at=entry.occurred_at
            )
            new = rules.check_new(new, entry.recorded_at, self.vocabulary)
            opened = incident_work.open_around(Act.now(work, actor.handle), entry, new)
            return _record(work, opened.row)

    # -- working ---------------------------------------------------------------------------------------------

    def add_entry(self, actor: Actor, incident_id: int, new: NewLogEntry) -> Incident:
        """Write a log entry into an incident; its camera joins the incident's cameras."""
        with self._log.kept(new.snapshot, new.occurred_at) as snapshot, self._database.write() as work:
            session = work.session
            require(session, actor, Permission.OPEN_INCIDENTS)
            target = self._log.links.target(session, incident_id)
            new = log_rules.check_entry(new, work.now, self.vocabulary)
            act = Act.now(work, actor.handle)
            log_work.write_entry(act, new, snapshot, target=target, late_after=self._log.late_after)
            return _record(work, queries.get_row(session, incident_id))

    def link_entry(self, actor: Actor, incident_id: int, entry_id: int) -> Incident:
        """Make an entry that stands alone in the log part of an incident."""
        with self._database.write() as work:
            session = work.session
            require(session, actor, Permission.OPEN_INCIDENTS)
            row = queries.get_row(session, incident_id, lock=True)
            rules.check_writable(queries.to_incident(session, row))
            entry = log_queries.load_entry(session, self._log.links, entry_id)
            if entry.incident_id is not None:
                raise RuleBroken(f"That entry belongs to {entry.incident_reference} already.")
            act, incident = Act.now(work, actor.handle), IncidentRows.of(session, row)
            incident_work.link_entry(act, incident, entry)
            return _record(work, row)

    def inform_agency(
        self, actor: Actor, incident_id: int, agency: str, note: str = "", at: datetime | None = None
    ) -> Incident:
        """Note that an agency was told, and when. (The police are told by the step "Police informed".)"""
        with self._database.write() as work:
            require(work.session, actor, Permission.OPEN_INCIDENTS)
            self.vocabulary.check_agency(agency)
            row = queries.get_row(work.session, incident_id, lock=True)
            rules.check_writable(queries.to_incident(work.session, row))
            told_at = log_rules.check_moment(at or work.now, work.now)
            act = Act.now(work, actor.handle)
            incident_work.inform_agency(act, row, agency, note.strip(), told_at)
            return _record(work, row)

    def amend(
        self, actor: Actor, incident_id: int, changes: Amendment, seen_version: int | None = None
    ) -> Incident:
        """Change what an incident is filed under while it is worked on; the timeline says what was changed."""
        with self._database.write() as work:
            session = work.session
            require(session, actor, Permission.OPEN_INCIDENTS)
            row = queries.get_row(session, incident_id, lock=True)
            incident = queries.to_incident(session, row)
            _check_version(session, incident, seen_version)
            rules.check_writable(incident)
            incident_work.amend(Act.now(work, actor.handle), row, changes, self.vocabulary)
            return _record(work, row)

    def act(self, actor: Actor, incident_id: int, step: Step) -> Incident:
        """Move an incident along its road; raises RuleBroken, InvalidInput or Conflict when it cannot be."""
        with self._database.write() as work:
            session = work.session
            user = require(session, actor, rules.ROAD[step.action].permission)
            row = queries.get_row(session, incident_id, lock=True)
            incident = queries.to_incident(session, row)
            _check_version(session, incident, step.seen_version)
            rules.check_step(incident, step, user.handle)
            incident_work.move(Act.now(work, user.handle), row, step, self.vocabulary)
            return _record(work, row)

    def add_addendum(self, actor: Actor, incident_id: int, reason: str, text: str) -> Incident:
        """Add to an incident's record in any state, most of all once it is approved."""
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_LOG)
            row = queries.get_row(work.session, incident_id, lock=True)
            reason, text = log_rules.check_addendum(reason, text)
            incident_work.add_addendum(Act.now(work, actor.handle), row, reason, text)
            return _record(work, row)

    # -- reading ---------------------------------------------------------------------------------------------

    def incidents(
        self,
        actor: Actor,
        wanted: IncidentFilter | None = None,
        *,
        limit: int = PAGE,
        after: Position | None = None,
    ) -> IncidentPart:
        """Incidents, newest first unless asked otherwise; hand in the last part's `next` for those after it."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_INCIDENTS)
            return queries.list_incidents(session, wanted or IncidentFilter(), limit, after)

    def incident(self, actor: Actor, incident: int | str) -> IncidentFile:
        """Everything about one incident, by id or by reference; raises NotFound."""
        with self._database.read() as session:
            user = require(session, actor, Permission.READ_INCIDENTS)
            if isinstance(incident, str):
                row = queries.row_of_reference(session, incident)
            else:
                row = queries.get_row(session, incident)
            record = queries.to_incident(session, row)
            entries = log_queries.entries_of_incident(session, self._log.links, row.id)
            steps = queries.steps_of(session, row.id)
            restriction = load_restriction(session, row.id)
        held = permissions_of(user.roles)
        return IncidentFile(
            incident=record,
            timeline=timeline(record, entries, steps),
            actions=rules.actions(record.state, held, own=record.submitted_by == user.handle),
            may_write=Permission.OPEN_INCIDENTS in held and record.state in rules.WRITABLE,
            may_add_addendum=Permission.WRITE_LOG in held,
            may_restrict=Permission.RESTRICT_INCIDENTS in held,
            restriction=restriction,
        )

    def export(self, actor: Actor, wanted: IncidentFilter) -> list[Incident]:
        """Every incident the filter lets through, for a file to take away; the audit notes who took how many."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_INCIDENTS)
            require(session, actor, Permission.EXPORT)
            found = queries.list_incidents(session, wanted, MOST_EXPORTED, None).incidents
        with self._database.write() as work:
            audit.record(work, actor.handle, "incident.exported", "incident", "list", incidents=len(found))
        return list(found)

    def now(self) -> datetime:
        """The present moment by the room's clock (UTC)."""
        return self._log.now()

    def counts(self, actor: Actor) -> Mapping[IncidentState, int]:
        """How many incidents are in each state."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_INCIDENTS)
            return queries.counts_by_state(session)

    def awaiting(self, actor: Actor) -> int:
        """How many wait for this person: submitted ones for who reviews, returned ones for who works on them."""
        with self._database.read() as session:
            held = permissions_of(require(session, actor, Permission.READ_INCIDENTS).roles)
            counts = queries.counts_by_state(session)
        if Permission.REVIEW_INCIDENTS in held:
            return counts.get(IncidentState.SUBMITTED, 0)
        return counts.get(IncidentState.RETURNED, 0) if Permission.OPEN_INCIDENTS in held else 0


def _record(work: Work, row: IncidentRow) -> Incident:
    """The incident as it is after this unit of work's changes so far."""
    work.session.flush()
    return queries.to_incident(work.session, row)


def _check_version(session: Session, incident: Incident, seen: int | None) -> None:
    """Raise Conflict naming who changed the incident after `seen` was read."""
    reference = incident.reference
    check_unchanged(
        session,
        seen,
        incident.version,
        name=reference,
        kind="incident",
        subject=reference,
        now_it_is=incident.state,
    )
