"""Rules of incidents: which state follows which, who may take which step, and what may be added. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from controlroom.accounts.permissions import Permission
from controlroom.clock import local_date, show_moment, show_time
from controlroom.errors import InvalidInput, RuleBroken
from controlroom.incidents.records import (
    LATE,
    Incident,
    IncidentAction,
    IncidentState,
    NewIncident,
    Origin,
    Step,
)
from controlroom.log import rules as log_rules
from controlroom.log import search
from controlroom.log.vocabulary import Vocabulary
from controlroom.texts import clean, says_something

_A, _S = IncidentAction, IncidentState

LONGEST_PLACE = 120


@dataclass(frozen=True)
class Move:
    """One allowed change of state: from where, to where, and which permission it needs."""

    sources: frozenset[IncidentState]
    target: IncidentState
    permission: Permission = Permission.OPEN_INCIDENTS


def _move(target: IncidentState, *sources: IncidentState, review: bool = False) -> Move:
    permission = Permission.REVIEW_INCIDENTS if review else Permission.OPEN_INCIDENTS
    return Move(frozenset(sources), target, permission)


# In the order in which they are offered: the first fitting one is the filled button.
ROAD: Mapping[IncidentAction, Move] = {
    _A.MONITOR: _move(_S.MONITORING, _S.OPEN),
    _A.POLICE_ARRIVE: _move(_S.POLICE_ON_SCENE, _S.POLICE_INFORMED),
    _A.INFORM_POLICE: _move(_S.POLICE_INFORMED, _S.MONITORING),
    # From "police informed" only with a reason: the police were told and did not come.
    _A.CONCLUDE: _move(_S.CONCLUDED, _S.MONITORING, _S.POLICE_INFORMED, _S.POLICE_ON_SCENE),
    _A.SUBMIT: _move(_S.SUBMITTED, _S.CONCLUDED, _S.RETURNED),
    _A.APPROVE: _move(_S.APPROVED, _S.SUBMITTED, review=True),
    _A.RETURN: _move(_S.RETURNED, _S.SUBMITTED, review=True),
    _A.REOPEN: _move(_S.OPEN, _S.APPROVED, _S.CONCLUDED, _S.RETURNED, review=True),
}
# From each state to those that may follow it.
ARROWS = {
    here: frozenset(move.target for move in ROAD.values() if here in move.sources) for here in IncidentState
}
IN_PROGRESS = frozenset({_S.OPEN, _S.MONITORING, _S.POLICE_INFORMED, _S.POLICE_ON_SCENE})
WRITABLE = IN_PROGRESS | {_S.CONCLUDED, _S.RETURNED}  # entries, agencies and amendments may be added


def actions(
    state: IncidentState, permissions: Iterable[Permission], *, own: bool
) -> tuple[IncidentAction, ...]:
    """What someone may do with an incident now, the most fitting first; `own`: they submitted it themselves."""
    held = frozenset(permissions)
    return tuple(
        action
        for action, move in ROAD.items()
        if state in move.sources and move.permission in held and not (own and action is _A.APPROVE)
    )


def needs_reason(action: IncidentAction, state: IncidentState) -> bool:
    """True when this step says why."""
    return action in {_A.RETURN, _A.REOPEN} or (action is _A.CONCLUDE and state is _S.POLICE_INFORMED)


def check_new(new: NewIncident, now: datetime, vocabulary: Vocabulary) -> NewIncident:
    """The incident as it is written: its moment and origin known, its references in normal form.

    `now` is when it is opened. Raises InvalidInput for what cannot be one.
    """
    text = log_rules.check_text(new.text, "incident")
    place, ward = new.place.strip(), new.ward.strip()
    check_place(place, ward)
    vocabulary.check_category(new.category, of_incident=True)
    vocabulary.check_source(new.source)
    at = log_rules.check_moment(new.occurred_at or now, now)
    found = Origin.PROACTIVE if vocabulary.is_proactive(new.source) else Origin.REACTIVE
    return replace(
        new,
        text=text,
        place=place,
        ward=ward,
        cad=log_rules.check_cad(new.cad, at, text),
        crime_reference=search.normal_crime_reference(new.crime_reference),
        origin=new.origin or found,
        occurred_at=at,
    )


def check_step(incident: Incident, step: Step, handle: str) -> None:
    """Raise RuleBroken or InvalidInput unless `handle` can take this step now (permission aside)."""
    here, action = incident.state, step.action
    if here not in ROAD[action].sources:
        raise RuleBroken(
            f"{incident.reference} is {here}: '{action}' is not possible now.",
            remedy="A supervisor may reopen it." if here is _S.APPROVED else "Its page shows what is.",
        )
    if action is _A.APPROVE and incident.submitted_by == handle:
        raise RuleBroken(
            f"{handle} submitted {incident.reference} and cannot approve it.",
            remedy="Another supervisor has to review it.",
        )
    if step.at is not None and step.at < incident.occurred_at.replace(microsecond=0):
        raise InvalidInput(
            f"That is before the incident happened ({show_moment(incident.occurred_at)}).",
            remedy="Check the day and the time.",
        )
    if needs_reason(action, here) and not says_something(step.reason):
        wanted = "Say why the police did not come." if action is _A.CONCLUDE else "Say why, in a few words."
        raise InvalidInput(f"'{action}' needs a reason.", remedy=wanted, field="reason")
    if action is _A.CONCLUDE and step.result is None:
        raise InvalidInput("The incident has no result.", remedy="Choose how it ended.")


def late_mark(at: datetime, recorded_at: datetime, after: timedelta) -> str:
    """What a step says of itself, for ever, when it is told late: whatever counts as late another year."""
    if not log_rules.is_late(at, recorded_at, after):
        return ""
    same = local_date(at) == local_date(recorded_at)
    return f"{LATE}{show_time(recorded_at) if same else show_moment(recorded_at)}"


def check_writable(incident: Incident) -> None:
    """Raise RuleBroken unless something may still be added to the incident's own record."""
    if incident.state in WRITABLE:
        return
    if incident.state is _S.SUBMITTED:
        remedy = "A supervisor can return it; until then add an addendum."
    else:
        remedy = "Add an addendum, or ask a supervisor to reopen it."
    raise RuleBroken(f"{incident.reference} is {incident.state}: nothing can be added to it.", remedy=remedy)


def check_place(place: str, ward: str) -> None:
    """Raise InvalidInput when a place's name is too long to store."""
    for field, text in (("place", place), ("ward", ward)):
        clean(text, LONGEST_PLACE, field=field)
