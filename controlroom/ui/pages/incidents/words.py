"""Puts incidents into words, and colours and paints them on screen."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from controlroom.clock import local_date, show_day, show_moment, show_time
from controlroom.incidents.records import Incident, IncidentAction, IncidentState, Origin
from controlroom.ui import theme
from controlroom.ui.kit.entries import capital
from controlroom.ui.kit.export import day_and_time
from controlroom.ui.kit.painting import RowDelegate, paint_pill_before
from controlroom.ui.widgets.painting import words

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
KEYS_AND_ICONS: Mapping[IncidentAction, tuple[str, str]] = {
    _A.MONITOR: ("M", "eye"),
    _A.INFORM_POLICE: ("P", "phone-call"),
    _A.POLICE_ARRIVE: ("O", "map-pin"),
    _A.CONCLUDE: ("C", "flag"),
    _A.SUBMIT: ("S", "paper-plane-right"),
    _A.APPROVE: ("A", "check"),
    _A.RETURN: ("R", "arrow-u-up-left"),
    _A.REOPEN: ("B", "arrow-counter-clockwise"),  # not the key of Return: one follows the other
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


def facts(incident: Incident) -> list[tuple[str, str]]:
    """What stands on the record, by name; of what nobody said only CAD, result and theme are listed."""
    listed = [
        ("Happened", show_moment(incident.occurred_at)),
        ("Place", incident.place),
        ("Ward", incident.ward),
        ("Cameras", cameras(incident)),
        ("Came by", capital(incident.source)),
        ("Found", found(incident)),
        ("CAD", incident.cad),
        ("Crime reference", incident.crime_reference),
        ("Result", result(incident)),
        ("Theme", capital(incident.theme or "")),
        ("Opened by", incident.opened_by),
        ("Opened", show_moment(incident.opened_at)),
        ("Submitted by", incident.submitted_by),
        ("Last change", show_moment(incident.changed_at)),
    ]
    return [fact for fact in listed if fact[1] or fact[0] in ("CAD", "Result", "Theme")]


def export_rows(incidents: Sequence[Incident]) -> list[list[str]]:
    """Titles and one row an incident, for a file."""
    titles = (
        "Reference", "State", "Date", "Time", "Category", "Source", "Found", "Place", "Ward", "Cameras", "CAD",
        "Crime reference", "Result", "Outcome", "Theme", "Opened by", "First entry",
    )  # fmt: skip
    rows = [[*titles]]
    for each in incidents:
        rows.append([
            each.reference, each.state.value, *day_and_time(each.occurred_at), each.category, each.source,
            each.origin.value, each.place, each.ward, " ".join(each.cameras), each.cad, each.crime_reference,
            each.result.value if each.result else "", each.outcome, each.theme or "", each.opened_by, each.headline,
        ])  # fmt: skip
    return rows


class IncidentDelegate(RowDelegate[Incident]):
    """Paints incidents."""

    lead_width, lead_size, air = 72, 16, 20
    text_size, text_role = 13, "text_dim"

    def lead_of(self, record: Incident) -> tuple[str, str]:
        return record.number, show_time(record.occurred_at)

    def text_of(self, record: Incident) -> str:
        return record.headline

    def paint_head(self, painter: QPainter, box: QRectF, record: Incident) -> None:
        paint_pill_before(painter, box, record.state.value, STATES[record.state])
        if record.restricted:
            paint_pill_before(painter, box, "restricted", RESTRICTED)
        words(painter, box, record.title, "text", theme.BODY, theme.MEDIUM)
