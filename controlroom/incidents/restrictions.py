"""Restricts an incident to named people, and lifts the restriction."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import reading, roles_of, writing
from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor
from controlroom.accounts.tables import UserRow
from controlroom.audit.act import Act
from controlroom.database.rows import get_row
from controlroom.database.unit_of_work import Database
from controlroom.errors import InvalidInput, RuleBroken
from controlroom.incidents.noun import RESTRICTION
from controlroom.incidents.records import Reader, Restriction
from controlroom.incidents.tables import IncidentRow, ReaderRow, RestrictionRow
from controlroom.texts import required, takes_texts
from controlroom.visibility.hiding import lift, restrict

LONGEST_REASON = 500


@takes_texts
class RestrictionService:
    """Reads and sets who sees an incident. Only somebody who sees it can read, change or lift its restriction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def restriction(self, actor: Actor, incident_id: int) -> Restriction | None:
        """The restriction in force, None when everybody with the permission sees the incident."""
        with reading(self._database, actor, Permission.READ_INCIDENTS) as session:
            get_row(session, IncidentRow, incident_id, "incident")
            return load_restriction(session, incident_id)

    def candidates(self, actor: Actor) -> list[Reader]:
        """Everybody who can be named: accounts that are on and may read incidents, by handle."""
        with reading(self._database, actor, Permission.RESTRICT_INCIDENTS) as session:
            return _candidates(session)

    def restrict(self, actor: Actor, incident_id: int, user_ids: Collection[int], reason: str) -> Restriction:
        """Let only these people and `actor` see the incident from now on; also changes who is named.

        Raises InvalidInput without a reason or for somebody who cannot be named, NotFound for who does not see it.
        """
        why = _needed(reason)
        with writing(self._database, actor, Permission.RESTRICT_INCIDENTS) as act:
            session = act.session
            incident = get_row(session, IncidentRow, incident_id, "incident", lock=True)
            named = _named(session, {*user_ids, actor.user_id})
            ids = {each.user_id for each in named}
            restrict(session, RESTRICTION, incident_id, ids, reason=why, by=act.who, at=act.at)
            handles = ", ".join(each.handle for each in named)
            _note(act, "restricted", incident, f"{why} ({handles})")
            session.flush()
            return Restriction(incident_id, why, act.who, act.at, named)

    def lift(self, actor: Actor, incident_id: int, reason: str) -> None:
        """Let everybody with the permission see the incident again."""
        why = _needed(reason)
        with writing(self._database, actor, Permission.RESTRICT_INCIDENTS) as act:
            incident = get_row(act.session, IncidentRow, incident_id, "incident", lock=True)
            if act.session.get(RestrictionRow, incident_id) is None:
                raise RuleBroken(f"{incident.reference} is not restricted.")
            lift(act.session, RESTRICTION, incident_id)
            _note(act, "unrestricted", incident, why)


def _note(act: Act, verb: str, incident: IncidentRow, text: str) -> None:
    # Why and for whom is told only to those who see the incident: it goes into the text, not into the link.
    act.note("incident", verb, incident.reference, incident.id, text=text)
    act.announce("restriction", incident.id)
    act.work.announce("incident", "")  # those not named are not told which: their lists read again


def load_restriction(session: Session, incident_id: int) -> Restriction | None:
    """The restriction of an incident, None when there is none."""
    row = session.get(RestrictionRow, incident_id)
    if row is None:
        return None
    query = select(UserRow).join(ReaderRow, ReaderRow.user_id == UserRow.id)
    readers = session.scalars(query.where(ReaderRow.incident_id == incident_id).order_by(UserRow.handle))
    named = tuple(_reader(each) for each in readers)
    return Restriction(incident_id, row.reason, row.restricted_by, row.restricted_at, named)


def _candidates(session: Session) -> list[Reader]:
    rows = session.scalars(select(UserRow).filter_by(active=True).order_by(UserRow.handle))
    return [_reader(row) for row in rows if Permission.READ_INCIDENTS in permissions_of(roles_of(row))]


def _named(session: Session, wanted: Collection[int]) -> tuple[Reader, ...]:
    known = {each.user_id: each for each in _candidates(session)}
    if not set(wanted) <= set(known):
        raise InvalidInput(
            "Somebody named here cannot be: the account is off or may not read incidents.",
            remedy="Choose from the list again.",
        )
    return tuple(each for each in known.values() if each.user_id in wanted)


def _reader(row: UserRow) -> Reader:
    return Reader(row.id, row.handle, ", ".join(sorted(role.value for role in roles_of(row))))


def _needed(reason: str) -> str:
    return required(
        reason,
        "Restricting an incident, and lifting that, needs a reason.",
        f"Say why, in up to {LONGEST_REASON} characters.",
        longest=LONGEST_REASON,
        field="reason",
    )
