"""How incidents are worded and coloured on screen."""

from collections.abc import Mapping

from controlroom.clock import local_date, show_day, show_time
from controlroom.incidents.records import Incident, IncidentAction, IncidentState, Origin
from controlroom.ui.kit.entry_words import capital

_S, _A = IncidentState, IncidentAction
# Green while somebody watches, amber when it came back, blue while it waits for its review; done is grey.
STATES: Mapping[IncidentState, str] = {
    _S.OPEN: "accent",
    _S.MONITORING: "live",
    _S.POLICE_INFORMED: "live",
    _S.POLICE_ON_SCENE: "live",
    _S.CONCLUDED: "warn",
    _S.SUBMITTED: "planned",
    _S.RETURNED: "warn",
    _S.APPROVED: "idle",
}
RESTRICTED = "warn"  # the mark of what only named people see
KEYS: Mapping[IncidentAction, str] = {
    _A.MONITOR: "M",
    _A.INFORM_POLICE: "P",
    _A.POLICE_ARRIVE: "O",
    _A.CONCLUDE: "C",
    _A.SUBMIT: "S",
    _A.APPROVE: "A",
    _A.RETURN: "R",
    _A.REOPEN: "R",  # never offered together with Return
}
ICONS: Mapping[IncidentAction, str] = {
    _A.MONITOR: "eye",
    _A.INFORM_POLICE: "phone-call",
    _A.POLICE_ARRIVE: "map-pin",
    _A.CONCLUDE: "flag",
    _A.SUBMIT: "paper-plane-right",
    _A.APPROVE: "check",
    _A.RETURN: "arrow-u-up-left",
    _A.REOPEN: "arrow-counter-clockwise",
}
CHIPS: tuple[tuple[str, frozenset[IncidentState]], ...] = (
    ("All", frozenset()),
    ("In progress", frozenset({_S.OPEN, _S.MONITORING, _S.POLICE_INFORMED, _S.POLICE_ON_SCENE})),
    ("To submit", frozenset({_S.CONCLUDED, _S.RETURNED})),
    ("To review", frozenset({_S.SUBMITTED})),
    ("Approved", frozenset({_S.APPROVED})),
)


def found(incident: Incident) -> str:
    """Whether the operator found it."""
    said = "found by the room" if incident.origin is Origin.PROACTIVE else "asked for"
    return f"{capital(incident.origin.value)}, {said}"


def subtitle(incident: Incident) -> str:
    """What the record's head says below its title."""
    several = len(incident.cameras) > 1
    parts = [
        f"{'Cameras' if several else 'Camera'} {cameras(incident)}" if incident.cameras else "",
        incident.ward,
        capital(incident.source),
        f"CAD {incident.cad}" if incident.cad else "",
        result(incident),
    ]
    return " · ".join(part for part in parts if part)


def cameras(incident: Incident) -> str:
    """The numbers of its cameras."""
    return ", ".join(incident.cameras)


def spoken(incident: Incident) -> str:
    """An incident as one sentence, for screen readers and tool tips."""
    when = f"{show_day(local_date(incident.occurred_at))} {show_time(incident.occurred_at)}"
    named = "named people only" if incident.restricted else ""
    parts = [incident.reference, incident.state.value, named, when, incident.title, incident.headline]
    return ", ".join(part for part in parts if part)


def result(incident: Incident) -> str:
    """`Arrest`, with the enforcement that came of it when it says more."""
    if incident.result is None:
        return ""
    more = incident.outcome if incident.outcome not in ("", "none", incident.result.value) else ""
    return capital(", ".join(part for part in (incident.result.value, more) if part))
