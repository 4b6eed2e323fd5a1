"""Writes thirteen months of log entries and incidents into an open unit of work, in bulk, from a seed.

The rows are those the services write, step for step and with their audit entries; only quicker.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import InstrumentedAttribute

from controlroom.accounts.records import User
from controlroom.audit.service import PendingEntry, add
from controlroom.cameras.records import Camera
from controlroom.database.tables import Base
from controlroom.database.unit_of_work import Work
from controlroom.incidents.records import IncidentState, Origin, StepKind
from controlroom.incidents.tables import IncidentCameraRow, IncidentEntryRow, IncidentRow, IncidentStepRow
from controlroom.incidents.work import step_detail
from controlroom.log.tables import LogAddendumRow, LogEntryRow, LogTextRow
from controlroom.log.work import entry_detail, hash_of, searchable, words_of_entry
from controlroom.simulator.borough.happenings import Chronicler
from controlroom.simulator.borough.incident_rows import Collected, opened_at
from controlroom.simulator.borough.rota import Rota

MONTHS = 13
INCIDENTS_A_MONTH = 180
DAYS_A_MONTH = 365.25 / 12
_ADDENDA = (
    ("wrong camera", "The second sighting was on the camera before this one."),
    ("time", "By the recorder this was two minutes earlier."),
    ("more known", "Officers say later that nobody was hurt."),
    ("crime reference came later", "Reference given by the officer on the next shift."),
    ("spelling of the street", "The side road is the one by the library."),
    ("description", "The jacket was dark green, not black."),
)


@dataclass(frozen=True)
class Summary:
    """What was written."""

    entries: int
    addenda: int
    incidents: int
    by_state: dict[IncidentState, int] = field(default_factory=dict)
    proactive: int = 0


def write_incidents(
    work: Work, *, now: datetime, seed: int, users: list[User], cameras: list[Camera], months: float = MONTHS
) -> Summary:
    """Write `months` months of the log and of incidents up to `now`; counters are left so that the next number follows.

    `users` and `cameras` are those of the database; at least one of each.
    """
    rng = random.Random(seed)
    since = now - timedelta(days=months * DAYS_A_MONTH)
    chronicler = Chronicler(rng, cameras, Rota(users, now))
    happenings = chronicler.incidents(since, now - timedelta(minutes=50), round(months * INCIDENTS_A_MONTH))
    happenings += chronicler.special(now)
    collected = Collected(work, now, _first_free(work, IncidentRow.id))
    for line in chronicler.routine(since, now):
        collected.note_line(line, None)
    for happening in sorted(happenings, key=opened_at):
        if opened_at(happening) <= now:
            collected.note_incident(happening)
    return _Writer(work, now, rng, collected).write()


class _Writer:
    """Numbers the rows in the order they were recorded, seals their words, and inserts table by table."""

    def __init__(self, work: Work, now: datetime, rng: random.Random, collected: Collected) -> None:
        self._work, self._now, self._rng, self._from = work, now, rng, collected
        self._texts: list[dict[str, Any]] = []
        self._audit: list[tuple[datetime, int, PendingEntry]] = []

    def write(self) -> Summary:
        """Number the rows in the order they were recorded, seal their words, and insert everything."""
        self._from.entries.sort(key=lambda each: each[0].recorded_at)
        self._from.steps.sort(key=lambda each: each[0].recorded_at)
        links = self._number_entries()
        self._number_steps()
        addenda = self._make_addenda()
        for table, rows in (
            (LogEntryRow, _plain(row for row, _, _ in self._from.entries)),
            (IncidentRow, _plain(self._from.incidents)),
            (IncidentCameraRow, _plain(self._from.cameras)),
            (IncidentEntryRow, links),
            (IncidentStepRow, _plain(row for row, _, _ in self._from.steps)),
            (LogAddendumRow, _plain(addenda)),
            (LogTextRow, self._texts),
        ):
            if rows:
                self._work.session.execute(insert(Base.metadata.tables[table.__tablename__]), rows)
        self._follow_sequences()
        add(self._work, *(entry for _, _, entry in sorted(self._audit, key=lambda each: each[:2])))
        states = Counter(IncidentState(row.state) for row in self._from.incidents)
        proactive = sum(row.origin == Origin.PROACTIVE for row in self._from.incidents)
        return Summary(
            len(self._from.entries), len(addenda), len(self._from.incidents), dict(states), proactive
        )

    def _number_entries(self) -> list[dict[str, Any]]:
        links = []
        for number, (row, line, incident) in enumerate(
            self._from.entries, _first_free(self._work, LogEntryRow.id)
        ):
            row.id = number
            reference = incident.reference if incident else ""
            salt = self._salt()
            row.text_hash = hash_of(salt, "", line.text)
            words = words_of_entry(row, line.text, reference)
            self._note_text(salt, "", line.text, words, entry_id=row.id)
            self._audit_entry(
                row.recorded_at, row.author, "log.written", "log", row.id, entry_detail(row, reference)
            )
            if incident is not None:
                links.append(
                    {
                        "entry_id": row.id,
                        "incident_id": incident.id,
                        "linked_at": row.recorded_at,
                        "linked_by": row.author,
                    }
                )
        return links

    def _number_steps(self) -> None:
        for number, (row, incident, said) in enumerate(
            self._from.steps, _first_free(self._work, IncidentStepRow.id)
        ):
            row.id = number
            if said:
                salt = self._salt()
                # What moves an incident is said as its reason; what an agency was told, as text.
                reason, words = (said, "") if row.kind == StepKind.MOVED else ("", said)
                row.text_hash = hash_of(salt, reason, words)
                found_by = searchable(words, reason, row.agency, row.author, incident.reference)
                self._note_text(salt, reason, words, found_by, step_id=row.id)
            action = f"incident.{row.kind}"
            self._audit_entry(
                row.recorded_at, row.author, action, "incident", incident.reference, dict(step_detail(row))
            )

    def _make_addenda(self) -> list[LogAddendumRow]:
        addenda = []
        first = _first_free(self._work, LogAddendumRow.id)
        for entry, _, _ in self._from.entries:
            at = entry.recorded_at + timedelta(minutes=self._rng.randrange(5, 600))
            if self._rng.random() > 0.008 or at > self._now:
                continue
            reason, words = self._rng.choice(_ADDENDA)
            salt = self._salt()
            row = LogAddendumRow(
                id=first + len(addenda),
                entry_id=entry.id,
                written_at=at,
                author=entry.author,
                text_hash=hash_of(salt, reason, words),
            )
            addenda.append(row)
            found_by = searchable(words, reason, entry.author)
            self._note_text(salt, reason, words, found_by, entry_id=entry.id, addendum_id=row.id)
            detail = {"addendum": row.id, "entry": entry.id, "text_hash": row.text_hash}
            self._audit_entry(at, entry.author, "log.addendum", "log", entry.id, detail)
        return addenda

    def _audit_entry(
        self, at: datetime, author: str, action: str, kind: str, subject: object, detail: dict[str, object]
    ) -> None:
        entry = PendingEntry(author, action, kind, str(subject), detail, at=at)
        self._audit.append((at, len(self._audit), entry))

    def _salt(self) -> str:
        return f"{self._rng.getrandbits(128):032x}"

    def _note_text(
        self,
        salt: str,
        reason: str,
        words: str,
        found_by: str,
        *,
        entry_id: int | None = None,
        addendum_id: int | None = None,
        step_id: int | None = None,
    ) -> None:
        self._texts.append(
            {
                "entry_id": entry_id,
                "addendum_id": addendum_id,
                "step_id": step_id,
                "salt": salt,
                "reason": reason,
                "text": words,
                "words": found_by,
            }
        )

    def _follow_sequences(self) -> None:
        """PostgreSQL hands out keys from sequences, which know nothing of rows inserted with theirs."""
        if self._work.session.get_bind().dialect.name != "postgresql":
            return
        for table in ("log_entries", "log_addenda", "incidents", "incident_steps"):
            statement = (
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
            )
            self._work.session.execute(text(statement))


def _plain(rows: Iterable[Base]) -> list[dict[str, Any]]:
    """Rows as the dicts a bulk insert takes."""
    kept = list(rows)
    names = [column.name for column in kept[0].__table__.columns] if kept else []
    return [{name: getattr(row, name) for name in names} for row in kept]


def _first_free(work: Work, key: InstrumentedAttribute[int]) -> int:
    return (work.session.scalar(select(func.max(key))) or 0) + 1
