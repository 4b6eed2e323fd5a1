"""Verifies the audit chain: link by link from the first, against its head, its signed heads and the purges.

What each part reveals: the hashes, a changed or exchanged entry and a gap; the head, entries cut from or put behind
the end; a signed head outside the database, a chain that was re-numbered and hashed afresh, and a tail cut together
with the head row; the purges, a text that somebody deleted without one; the digests of rows, a record that was
changed, put in or taken away past the program.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Row, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from controlroom.audit.chain import AT_ONCE, Walker, head_of, links
from controlroom.audit.confirmed_entries import ConfirmedEntries
from controlroom.audit.heads import SignedHeads, signed_heads
from controlroom.audit.heads_file import HeadsFile
from controlroom.audit.purges import Removed, removed
from controlroom.audit.records import SignedHead, Verification
from controlroom.audit.row_check import NOT_READ, RowCheck
from controlroom.clock import show_moment
from controlroom.database.unit_of_work import NOUNS
from controlroom.declaration import Proof

IS_RECORDER = (
    r"EXISTS (SELECT 1 FROM pg_roles WHERE rolname LIKE '%\_recorder' AND pg_has_role(oid, 'USAGE'))"
)
DATED_BACK = timedelta(days=1)  # further than any two desks are apart, or an outage lasts
MOST_FAULTS = 20  # named one by one; the walk goes on counting after them
_UNREADABLE = (
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    StatementError,
)  # of a row past the program
Progress = Callable[[int, int], object]  # entries walked, entries in all; raising ends the walk


def verify(
    session: Session,
    *,
    heads: HeadsFile | None = None,
    trusted: Collection[str] = (),
    progress: Progress | None = None,
) -> Verification:
    """Walk the whole chain in constant memory and name what is wrong with it.

    `heads`: the file of signed heads, where this machine has it; `trusted`: the room's public keys (base64), so that
    a head signed by another key is told apart; none given: every genuine signature counts.
    """
    if session.get_bind().dialect.name == "postgresql" and not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    hidden = _some_hidden(session)
    confirmed = ConfirmedEntries(session)
    walk = _Walk(signed_heads(session, heads, trusted), removed(session), confirmed, hidden=hidden)
    rows = RowCheck(session) if not hidden and RowCheck.possible(session) else None
    total, head_hash = head_of(session)
    try:
        with links(session) as chain:
            for link in chain:
                walk.take(link, rows.take(link) if rows is not None else ())
                if progress is not None and link.sequence % AT_ONCE == 0:
                    progress(link.sequence, total)
    except _UNREADABLE as error:
        walk.add([f"an entry at or behind {walk.reached + 1} cannot be read ({type(error).__name__})"])
        return walk.outcome([NOT_READ])
    walk.end(total, head_hash)
    for noun in session.info.get(NOUNS, ()):
        for proof in noun.proofs:
            walk.add(*_looked(proof, session))
    if rows is None:
        return walk.outcome([NOT_READ] if session.info.get(NOUNS) else [])
    walk.add(rows.faults())
    return walk.outcome(rows.notes, rows.rows)


def _looked(proof: Proof, session: Session) -> tuple[list[str], list[str]]:
    try:
        return proof.look(session)
    except _UNREADABLE as error:
        return [f"{proof.what}: a row holds what the program never writes ({type(error).__name__})"], []


def _some_hidden(session: Session) -> bool:
    """True when this reader may not see restricted incidents' texts: a missing text proves nothing then."""
    if session.get_bind().dialect.name != "postgresql":
        return False
    query = f"SELECT row_security_active('audit_texts') AND NOT {IS_RECORDER}"
    return bool(session.scalar(text(query)))


class _Walk:
    """One verification under way."""

    def __init__(
        self, heads: SignedHeads, purged: Removed, confirmed: ConfirmedEntries, *, hidden: bool = False
    ) -> None:
        self._heads, self._purged, self._confirmed, self._hidden = heads, purged, confirmed, hidden
        self._unseen = 0
        self._walker = Walker()
        self._faults = list(heads.faults)
        self._count = len(self._faults)
        self._texts_gone = 0
        self._dated_back: list[str] = []
        self._borne_out: SignedHead | None = None
        self._parted = False
        self._latest = datetime.min.replace(tzinfo=UTC)

    @property
    def reached(self) -> int:
        """The number of the last entry that was walked."""
        return self._walker.sequence

    def take(self, link: Row, of_rows: Iterable[str]) -> None:
        """Take the next link, with what is wrong with the digests of its rows."""
        for fault in (*self._walker.step(link), *of_rows):
            self._fault_of(link, fault)
        for head in self._heads.by_sequence.get(link.sequence, ()):
            self._compare(head)
        self._look_at_moment(link)
        if link.salt is None and link.text_hash:
            if self._hidden and not self._purged.covers(link.at):
                self._unseen += 1
                return
            if not self._purged.covers(link.at):
                said = f"the text of entry {link.sequence} is missing, and no purge took it"
                if not self._fault_of(link, said, without_text=True):
                    return
            self._texts_gone += 1

    def _look_at_moment(self, link: Row) -> None:
        """Note an entry of long before the one ahead of it. No fault: nobody could ever mend a clock that was wrong."""
        if self._latest - link.at > DATED_BACK and len(self._dated_back) < MOST_FAULTS:
            self._dated_back.append(
                f"entry {link.sequence} of {link.actor} is of {show_moment(link.at)}, but one before it of "
                f"{show_moment(self._latest)}: it was dated back, or a clock was wrong"
            )
            self._latest = link.at
        self._latest = max(self._latest, link.at)

    def _compare(self, head: SignedHead) -> None:
        if head.hash == self._walker.hash:
            self._borne_out = head
            return
        if self._parted:
            return  # every later signed head differs too: said once
        self._parted = True
        since = self._borne_out.sequence + 1 if self._borne_out else 1
        self._fault(
            f"entries {since} to {head.sequence} are not those signed on {show_moment(head.signed_at)}: "
            "one was changed, removed or added and all that follow were numbered and hashed afresh"
        )

    def end(self, recorded: int, head_hash: str) -> None:
        walker = self._walker
        beyond = self._heads.beyond(walker.sequence)
        if not isinstance(recorded, int):
            self._fault(f"the head of the chain says no number: {str(recorded)[:40]!r}")
            recorded = walker.sequence
        if beyond is not None:
            self._fault(
                f"the chain ends at entry {walker.sequence}, but entry {beyond.sequence} was signed on "
                f"{show_moment(beyond.signed_at)}: a tail was cut"
            )
        elif recorded > walker.sequence:
            self._fault(
                f"the chain ends at entry {walker.sequence}, but its head says {recorded}: a tail was cut"
            )
        if recorded < walker.sequence:
            self._fault(
                f"the chain ends at entry {walker.sequence}, but its head says {recorded}: "
                "entries were added behind it, or the head was set back"
            )
        elif recorded == walker.sequence and head_hash != walker.hash:
            self._fault(f"the head does not bear the hash of entry {recorded}: the last entry was exchanged")
        if self._unseen:
            self._heads.notes.append(f"{self._unseen} texts are not for these eyes, and were not checked")
        if (
            self._texts_gone > self._purged.audit_texts
            and self._purged.cutoff is not None
            and not self._hidden
        ):
            self._fault(
                f"{self._texts_gone} texts are missing, but purges took {self._purged.audit_texts}: "
                "somebody took others without one"
            )

    def add(self, faults: Iterable[str], notes: Iterable[str] = ()) -> None:
        """Take what the comparison of records found, or a noun's own proof."""
        for each in faults:
            self._fault(each)
        self._heads.notes.extend(notes)

    def outcome(self, notes: Collection[str], rows: int = 0) -> Verification:
        faults = list(self._faults)
        if self._count > len(faults):
            faults.append(f"and {self._count - len(faults)} more faults")
        notes = (*self._heads.notes, *self._dated_back, *notes)
        return Verification(self._walker.steps, tuple(faults), notes, self._borne_out, rows)

    def _fault_of(self, link: Row, said: str, *, without_text: bool = False) -> bool:
        """Take a fault of one entry, a note where an administrator has confirmed it as it stands; True for a fault."""
        by = self._confirmed.by(link, without_text=without_text)
        if by:
            self._heads.notes.append(f"{said}; {by}")
        else:
            self._fault(said)
        return not by

    def _fault(self, said: str) -> None:
        self._count += 1
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(said)
