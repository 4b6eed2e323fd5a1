"""Kills a desk again and again while it writes, to see whether any accepted entry gets lost or is written twice."""

import itertools
import random
import secrets
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from controlroom.accounts.records import Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.audit.service import verify
from controlroom.bench.driven import DrivenDesk
from controlroom.clock import process_clock
from controlroom.database.engine import room_url
from controlroom.database.opening import open_database
from controlroom.log.tables import LogEntryRow, LogTextRow
from controlroom.nouns import NOUNS

LONGEST_LIFE_S = 1.2  # a desk dies at a random moment within this of its first entry
DRAINED_WITHIN_S = 60.0


@dataclass(frozen=True)
class KillFigures:
    """The figures. `accepted` were reported to the operator as accepted; everything else must be zero or true."""

    engine: str
    kills: int
    accepted: int
    written: int
    lost: int
    written_twice: int
    out_of_order: int
    accept_ms_median: float
    accept_ms_p95: float
    audit_chain_sound: bool
    minutes: float

    @property
    def sound(self) -> bool:
        """True when nothing was lost, doubled or put out of order."""
        return not (self.lost or self.written_twice or self.out_of_order) and self.audit_chain_sound

    def to_json(self) -> dict[str, object]:
        """Return what the command prints."""
        return asdict(self)

    def in_words(self) -> str:
        """Return a few plain lines for a person."""
        return "\n".join(
            (
                f"{self.kills} kills on {self.engine} in {self.minutes} minutes",
                f"{self.accepted} entries accepted, {self.written} in the log",
                f"lost {self.lost}, written twice {self.written_twice}, out of order {self.out_of_order}",
                f"accepted after {self.accept_ms_median} ms (95 % within {self.accept_ms_p95} ms)",
                f"the audit chain is {'sound' if self.audit_chain_sound else 'BROKEN'}",
            )
        )


def run(times: int, url: str | None = None, *, longest_life_s: float = LONGEST_LIFE_S) -> KillFigures:
    """Kill a typing desk `times` times, let a last one write what is left, then count."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="controlroom-kills-", ignore_cleanup_errors=True) as name:
        folder, password = Path(name), secrets.token_urlsafe(12)
        login = f"typist-{secrets.token_hex(3)}"
        make_typist(folder, url, login, password)
        accepted: list[str] = []
        waits: list[float] = []
        mark = secrets.token_hex(3)
        for number in range(times):
            desk = DrivenDesk(
                folder, login, password, url=url, arguments=("--typing", f"{mark}-{number:03d}")
            )
            desk.wait_ready()
            time.sleep(random.uniform(0.0, longest_life_s))
            desk.kill()
            told = desk.told("accepted")
            accepted += [each["text"] for each in told]
            waits += [each["ms"] for each in told if each["ms"] is not None]
        bring_in_the_rest(folder, login, password, url)
        texts, sound = _read(folder, url, mark)
    counts = Counter(texts)
    waits.sort()
    return KillFigures(
        engine="PostgreSQL" if url else "SQLite",
        kills=times,
        accepted=len(accepted),
        written=len(texts),
        lost=sum(text not in counts for text in accepted),
        written_twice=sum(count - 1 for count in counts.values()),
        out_of_order=sum(after < before for before, after in itertools.pairwise(texts)),
        accept_ms_median=_at(waits, 0.5),
        accept_ms_p95=_at(waits, 0.95),
        audit_chain_sound=sound,
        minutes=round((time.monotonic() - began) / 60, 1),
    )


def make_typist(folder: Path, url: str | None, login: str, password: str) -> None:
    """Add somebody who may write into the log of a new room."""
    database = open_database(room_url(folder, url), process_clock(), NOUNS)
    try:
        accounts = AccountService(database)
        if SignInService(database).is_empty():
            first = accounts.add_first(
                "bench-administrator", "Bench administrator", secrets.token_urlsafe(12)
            )
            accounts.add(first, login, f"Typist {login[-6:]}", password, {Role.OPERATOR})
        else:
            raise ValueError("the database has accounts already: the measurement needs an empty one")
    finally:
        database.close()


def bring_in_the_rest(folder: Path, login: str, password: str, url: str | None) -> None:
    """Run a last desk, which nobody kills: it writes what the killed ones had accepted."""
    desk = DrivenDesk(folder, login, password, url=url)
    try:
        desk.wait_ready()

        def is_empty() -> bool:
            seconds = desk.told("second")
            return len(seconds) > 1 and seconds[-1]["kept"] == 0

        desk.wait(is_empty, DRAINED_WITHIN_S, "everything kept was written")
    finally:
        desk.end()


def _read(folder: Path, url: str | None, mark: str) -> tuple[list[str], bool]:
    database = open_database(room_url(folder, url), process_clock(), NOUNS)
    try:
        with database.read() as session:
            query = (
                select(LogTextRow.text)
                .join(LogEntryRow, LogEntryRow.id == LogTextRow.entry_id)
                .where(LogTextRow.text.like(f"{mark}-%"))
                .order_by(LogEntryRow.id)
            )
            return list(session.scalars(query)), verify(session).sound
    finally:
        database.close()


def _at(ordered: list[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else 0.0
