"""Opens, adds to, moves along and reviews incidents; each use case leaves a step, an audit entry, and news."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from controlroom.accounts.access import reading, require, writing
from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor
from controlroom.accounts.step_keys import StepKeys
from controlroom.audit import service as audit
from controlroom.audit.act import Act
from controlroom.audit.queries import check_unchanged
from controlroom.database.rows import get_row
from controlroom.errors import RuleBroken
from controlroom.incidents import meanwhile, queries, rules, work
from controlroom.incidents.records import (
    Amendment,
    Incident,
    IncidentFile,
    IncidentFilter,
    IncidentState,
    NewIncident,
    Step,
)
from controlroom.incidents.restrictions import load_restriction
from controlroom.incidents.signatures import sign_step
from controlroom.incidents.tables import IncidentRow
from controlroom.incidents.timeline import timeline
from controlroom.log import queries as log_queries
from controlroom.log import rules as log_rules
from controlroom.log.records import LogEntry, Part, Position
from controlroom.log.service import LogService
from controlroom.texts import takes_texts

PAGE = 100  # incidents a page
MOST_EXPORTED = 10_000  # rows in one file; more than four years of incidents


@takes_texts
class IncidentService:
    """The incidents of the room. Works on the log's database, lists and pictures."""

    def __init__(self, log: LogService, keys: StepKeys | None = None) -> None:
        """`keys` holds the signing key of whoever is signed in: submitting and approving are signed."""
        self._log, self._keys = log, keys or StepKeys()
        self._database = log.database
        self.vocabulary = log.vocabulary

    # -- opening ---------------------------------------------------------------------------------------------

    def open_incident(self, actor: Actor, new: NewIncident) -> Incident:
        """Open an incident with its first entry, in one transaction."""
        with self._log.kept(new.snapshot, new.occurred_at) as snapshot, self._writing(actor) as act:
            new = rules.check_new(new, act.at, self.vocabulary)
            opened = work.open_incident(act, new, snapshot, late_after=self._log.late_after)
            return _record(act, opened.row)

    def open_from_entry(self, actor: Actor, entry_id: int, category: str) -> Incident:
        """Open an incident that begins with an entry already in the log."""
        with self._writing(actor) as act:
            entry = self._free_entry(act, entry_id, remedy="Open that incident.")
            new = NewIncident(
                category, entry.text, entry.source, cad=entry.cad, occurred_at=entry.occurred_at
            )
            new = rules.check_new(new, entry.recorded_at, self.vocabulary)
            return _record(act, work.open_around(act, entry, new, self._log.late_after).row)

    # -- working ---------------------------------------------------------------------------------------------

    def link_entry(self, actor: Actor, incident_id: int, entry_id: int) -> Incident:
        """Make an entry that stands alone in the log part of an incident."""
        with self._writing(actor) as act:
            row = _locked(act, incident_id)
            rules.check_writable(queries.to_incident(act.session, row))
            entry = self._free_entry(act, entry_id)
            work.link_entry(act, work.IncidentRows.of(act.session, row), entry)
            return _record(act, row)

    def join_entries(self, actor: Actor, incident_id: int, entry_ids: Sequence[int]) -> Incident:
        """Make entries that were offered to an incident (`IncidentFile.meanwhile`) part of it; all of them, or none.

        The CAD they name becomes the incident's, where it has none.
        """
        with self._writing(actor) as act:
            row = _locked(act, incident_id)
            incident = queries.to_incident(act.session, row)
            rules.check_writable(incident)
            offered = meanwhile.logged_meanwhile(act.session, self._log.links, incident)
            meanwhile.check_offered(incident, offered, entry_ids)
            rows = work.IncidentRows.of(act.session, row)
            joining = [each for each in offered if each.id in entry_ids]
            for entry in joining:
                work.link_entry(act, rows, entry)
            if cad := meanwhile.cad_from(incident, joining):
                work.amend(act, row, Amendment(cad=cad), self.vocabulary)
            return _record(act, row)

    def inform_agency(
        self, actor: Actor, incident_id: int, agency: str, note: str = "", at: datetime | None = None
    ) -> Incident:
        """Note that an agency was told, and when. (The police are told by the step "Police informed".)"""
        with self._writing(actor) as act:
            self.vocabulary.check_agency(agency)
            row = _locked(act, incident_id)
            rules.check_writable(queries.to_incident(act.session, row))
            told_at = log_rules.check_moment(at or act.at, act.at)
            work.inform_agency(act, row, agency, note.strip(), told_at, self._log.late_after)
            return _record(act, row)

    def amend(
        self, actor: Actor, incident_id: int, changes: Amendment, seen_version: int | None = None
    ) -> Incident:
        """Change what an incident is filed under while it is worked on; the timeline says what was changed."""
        with self._writing(actor) as act:
            row = _locked(act, incident_id)
            incident = queries.to_incident(act.session, row)
            _check_version(act.session, incident, seen_version)
            rules.check_writable(incident)
            work.amend(act, row, changes, self.vocabulary)
            return _record(act, row)

    def act(self, actor: Actor, incident_id: int, step: Step) -> Incident:
        """Move an incident to another state; raises RuleBroken, InvalidInput or Conflict when it cannot be."""
        with self._writing(actor, rules.ROAD[step.action].permission) as act:
            row = _locked(act, incident_id)
            incident = queries.to_incident(act.session, row)
            _check_version(act.session, incident, step.seen_version)
            rules.check_step(incident, step, act.who)
            sign = partial(sign_step, act, self._keys, row)
            work.move(act, row, step, self.vocabulary, self._log.late_after, sign=sign)
            return _record(act, row)

    def add_addendum(self, actor: Actor, incident_id: int, reason: str, text: str) -> Incident:
        """Add to an incident's record in any state, most of all once it is approved."""
        with self._writing(actor, Permission.WRITE_LOG) as act:
            row = _locked(act, incident_id)
            reason, text = log_rules.check_addendum(reason, text)
            work.add_addendum(act, row, reason, text)
            return _record(act, row)

    def _writing(
        self, actor: Actor, permission: Permission = Permission.OPEN_INCIDENTS
    ) -> AbstractContextManager[Act]:
        return writing(self._database, actor, permission)

    def _free_entry(self, act: Act, entry_id: int, remedy: str = "") -> LogEntry:
        """An entry that belongs to no incident yet; raises NotFound or RuleBroken."""
        entry = log_queries.load_entry(act.session, self._log.links, entry_id)
        if entry.incident_id is not None:
            raise RuleBroken(f"That entry belongs to {entry.incident_reference} already.", remedy=remedy)
        return entry

    # -- reading ---------------------------------------------------------------------------------------------

    def incidents(
        self,
        actor: Actor,
        wanted: IncidentFilter | None = None,
        limit: int = PAGE,
        after: Position | None = None,
    ) -> Part[Incident]:
        """Incidents, newest first unless asked otherwise; pass the last part's `next` for those after it."""
        with reading(self._database, actor, Permission.READ_INCIDENTS) as session:
            return queries.list_incidents(session, wanted or IncidentFilter(), limit, after)

    def incident(self, actor: Actor, incident: int | str) -> IncidentFile:
        """Everything about one incident, by id or by reference; raises NotFound."""
        with self._database.read() as session:
            user = require(session, actor, Permission.READ_INCIDENTS)
            if isinstance(incident, str):
                row = queries.row_of_reference(session, incident)
            else:
                row = get_row(session, IncidentRow, incident, "incident")
            record = queries.to_incident(session, row)
            entries = log_queries.entries_of_incident(session, self._log.links, row.id)
            steps = queries.steps_of(session, row.id)
            restriction = load_restriction(session, row.id)
            held = permissions_of(user.roles)
            may_write = Permission.OPEN_INCIDENTS in held and record.state in rules.WRITABLE
            offered = meanwhile.logged_meanwhile(session, self._log.links, record) if may_write else ()
        return IncidentFile(
            incident=record,
            timeline=timeline(record, entries, steps),
            actions=rules.actions(record.state, held, own=record.submitted_by == user.handle),
            may_write=may_write,
            may_add_addendum=Permission.WRITE_LOG in held,
            may_restrict=Permission.RESTRICT_INCIDENTS in held,
            restriction=restriction,
            meanwhile=offered,
        )

    def export(self, actor: Actor, wanted: IncidentFilter) -> list[Incident]:
        """Every incident the filter lets through, for an exported file; the audit notes who took how many."""
        with reading(self._database, actor, Permission.READ_INCIDENTS) as session:
            require(session, actor, Permission.EXPORT)
            found = queries.list_incidents(session, wanted, MOST_EXPORTED, None).records
        with self._database.write() as unit:
            audit.record(unit, actor.handle, "incident.exported", "incident", "list", incidents=len(found))
        return list(found)

    def now(self) -> datetime:
        return self._log.now()

    def counts(self, actor: Actor) -> Mapping[IncidentState, int]:
        with reading(self._database, actor, Permission.READ_INCIDENTS) as session:
            return queries.counts_by_state(session)

    def awaiting(self, actor: Actor) -> int:
        """How many wait for this person: submitted ones for who reviews, returned ones for who works on them."""
        with self._database.read() as session:
            held = permissions_of(require(session, actor, Permission.READ_INCIDENTS).roles)
            counts = queries.counts_by_state(session)
        if Permission.REVIEW_INCIDENTS in held:
            return counts.get(IncidentState.SUBMITTED, 0)
        return counts.get(IncidentState.RETURNED, 0) if Permission.OPEN_INCIDENTS in held else 0


def _locked(act: Act, incident_id: int) -> IncidentRow:
    return get_row(act.session, IncidentRow, incident_id, "incident", lock=True)


def _record(act: Act, row: IncidentRow) -> Incident:
    """The incident as it is after this unit of work's changes so far."""
    act.session.flush()
    return queries.to_incident(act.session, row)


def _check_version(session: Session, incident: Incident, seen: int | None) -> None:
    """Raise Conflict naming who changed the incident after `seen` was read."""
    check_unchanged(
        session,
        seen,
        incident.version,
        name=incident.reference,
        kind="incident",
        subject=incident.reference,
        now_it_is=incident.state,
    )
