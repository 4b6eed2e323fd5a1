"""Writes the past of the demonstration's log and incidents: each deed at the moment it was recorded, in that order.

Deeds are the row operations that the services use (`log/work.py`, `incidents/work.py`), so that rows, words and audit
entries are those the services would have left then. There are tens of thousands: the rows go in together at the end.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from controlroom.audit.act import Act
from controlroom.database.bulk import BulkRows
from controlroom.database.roads import told_whole
from controlroom.database.unit_of_work import Work
from controlroom.incidents import rules
from controlroom.incidents import work as incident_work
from controlroom.incidents.records import IncidentState, NewIncident, Origin, Result, Step, Theme
from controlroom.incidents.tables import IncidentRow
from controlroom.incidents.work import IncidentRows
from controlroom.log import rules as log_rules
from controlroom.log import vocabulary
from controlroom.log import work as log_work
from controlroom.log.records import NewLogEntry
from controlroom.log.tables import LogEntryRow
from controlroom.log.work import Spot
from controlroom.simulator.borough.happenings import Happening, Line, Taken, Told

# What operators file as a theme where the category makes it plain; about the others nobody says one.
THEMES = {
    "theft from person": Theme.VICTIM,
    "robbery": Theme.VICTIM,
    "concern for welfare": Theme.VICTIM,
    "missing person": Theme.VICTIM,
    "drugs": Theme.OFFENDER,
    "theft from shop": Theme.OFFENDER,
    "knife or weapon": Theme.OFFENDER,
    "street drinking": Theme.LOCATION,
    "rowdy behaviour": Theme.LOCATION,
    "fly-tipping": Theme.LOCATION,
    "noise": Theme.LOCATION,
}

Deed = Callable[[Act], object]


def opened_at(happening: Happening) -> datetime:
    """When an incident was opened: when its first entry was recorded."""
    return happening.lines[0].at + happening.lines[0].late_by


class IncidentHistory:
    """Collects what was done up to `now`, then does it. What would lie ahead is left out."""

    def __init__(self, work: Work, now: datetime) -> None:
        self.incidents: list[IncidentRows] = []
        self._work, self._now = work, now
        self._lists = vocabulary.load()
        self._bulk = BulkRows(work.session)
        self._deeds: list[tuple[datetime, str, Deed]] = []

    def tell(self, routine: Sequence[Line], happenings: Sequence[Happening]) -> None:
        """Have these written: entries that stand alone, and incidents with all that belongs to them."""
        for line in routine:
            self._at(line.at + line.late_by, line.author, lambda act, line=line: self._write(act, line))
        for happening in sorted(happenings, key=opened_at):
            self._tell_incident(happening)

    def write(self) -> None:
        """Do everything in the order of time; of deeds at one moment, the one that was named first."""
        for moment, who, deed in sorted(self._deeds, key=lambda each: each[0]):
            deed(Act(self._work, who, moment, self._bulk))

    def write_addenda(self, addenda: Sequence[tuple[LogEntryRow, datetime, str, str]]) -> None:
        """Add to entries: to which, when, why and what."""
        for entry, at, reason, text in sorted(addenda, key=lambda each: each[1]):
            act = Act(self._work, entry.author, at, self._bulk)
            log_work.write_addendum(act, entry, *log_rules.check_addendum(reason, text))

    def entries(self) -> list[LogEntryRow]:
        """Every entry, in the order they were recorded."""
        return self._bulk.collected(LogEntryRow)

    def insert(self) -> None:
        """Put everything into the database, each incident as it stands by now."""
        with told_whole(self._work.session, IncidentRow.__tablename__):
            self._bulk.write()

    def states(self) -> dict[IncidentState, int]:
        """How many incidents stand where."""
        return dict(Counter(IncidentState(each.row.state) for each in self.incidents))

    def proactive(self) -> int:
        """How many incidents operators found themselves."""
        return sum(each.row.origin == Origin.PROACTIVE for each in self.incidents)

    def _at(self, moment: datetime, who: str, deed: Deed) -> None:
        if moment <= self._now:
            self._deeds.append((moment, who, deed))

    def _write(self, act: Act, line: Line, incident: IncidentRows | None = None) -> None:
        new = NewLogEntry(line.text, line.category, line.source, cad=line.cad, occurred_at=line.at)
        new = log_rules.check_entry(new, act.at, self._lists)
        log_work.write_entry(act, new, target=incident, spot=_spot(line))

    def _tell_incident(self, happening: Happening) -> None:
        opened: list[IncidentRows] = []
        first, *others = happening.lines
        begun_at = opened_at(happening)
        self._at(begun_at, first.author, lambda act: opened.append(self._open(act, happening)))
        for line in others:
            # A line told before the first one was recorded is recorded with it.
            moment = max(line.at + line.late_by, begun_at)
            self._at(moment, line.author, lambda act, line=line: self._write(act, line, opened[0]))
        for what in sorted((*happening.informed, *happening.steps), key=lambda each: each.at):
            moment = max(what.at, begun_at)
            self._at(moment, what.author, lambda act, what=what: self._take(act, opened[0], what))

    def _open(self, act: Act, happening: Happening) -> IncidentRows:
        first = happening.lines[0]
        new = NewIncident(
            happening.category,
            first.text,
            happening.source,
            cad=happening.cad,
            crime_reference=happening.crime_reference,
            occurred_at=happening.at,
        )
        new = rules.check_new(new, act.at, self._lists)
        incident = incident_work.open_incident(act, new, seen=_spot(first))
        self.incidents.append(incident)
        return incident

    def _take(self, act: Act, incident: IncidentRows, what: Taken | Told) -> None:
        if isinstance(what, Told):
            incident_work.inform_agency(act, incident.row, what.agency, what.note, what.at)
        else:
            result = Result(what.result) if what.result else None
            theme = THEMES.get(incident.row.category)
            step = Step(what.action, what.reason, result, what.outcome, theme, at=what.at)
            incident_work.move(act, incident.row, step, self._lists)


def _spot(line: Line) -> Spot:
    camera = line.camera
    if camera is None:
        return Spot()
    return Spot(camera.id, camera.number, camera.place.street, camera.place.ward)
