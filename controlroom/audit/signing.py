"""Signs the chain's head hourly with a key from outside the database; stores it there and in a file outside it.

A head is only signed when the chain from the last signed head up to it is whole: a signature vouches for what
came before it, and must not cover entries that somebody exchanged.
"""

import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.audit import service as audit
from controlroom.audit.approved_keys import CHANGED, change_facts
from controlroom.audit.chain import Walker, head_of, links
from controlroom.audit.confirmed_entries import ConfirmedEntries
from controlroom.audit.heads_file import HeadsFile
from controlroom.audit.records import SignedHead
from controlroom.audit.signed_heads import HEAD, KEY, RESTORED, SigningKey, is_genuine
from controlroom.audit.tables import AuditSignatureRow
from controlroom.clock import show_moment
from controlroom.database.rows import to_record
from controlroom.database.unit_of_work import Database
from controlroom.errors import Unavailable
from controlroom.settings import Settings

log = logging.getLogger(__name__)
REFILLED = "audit.heads-refilled"


@dataclass(frozen=True)
class AuditFiles:
    """Where the signing key and the file of signed heads lie, both outside the database."""

    key: Path
    heads: HeadsFile

    @classmethod
    def of(cls, folder: Path, settings: Settings) -> "AuditFiles":
        """In the data folder unless the settings say otherwise."""
        return cls(folder / settings.audit_key_file, HeadsFile(folder / settings.audit_heads_file))

    def trusted(self) -> tuple[frozenset[str], str]:
        """The public keys this room trusts, and a note when its own key cannot be read (verifying goes on)."""
        try:
            return frozenset({SigningKey.load(self.key).public}), ""
        except Unavailable as error:
            return frozenset(), f"{error.what} Signatures are checked against the keys written beside them"


def newest_signed(session: Session) -> SignedHead | None:
    """The newest signed head in the database; its `fingerprint` is what handovers print."""
    row = session.scalars(select(AuditSignatureRow).order_by(AuditSignatureRow.id.desc()).limit(1)).first()
    return to_record(SignedHead, row) if row else None


def sign_head(
    database: Database, files: AuditFiles, *, new_key: bool = False, former: SigningKey | None = None
) -> SignedHead | None:
    """Sign the head as it stands; None while the chain is empty, the last signed head when nothing was added since.

    The first time a key is made. Raises Unavailable when the key is lost or another one than before (unless
    `new_key`; the `former` one signs the file's line about it), when the chain does not lead on from the last signed
    head, or when the file cannot be written.
    """
    with database.read() as session:
        before = newest_signed(session)
        key = _key(files, before, new_key=new_key)
        if before is not None and before.public_key != key.public and not new_key:
            raise Unavailable(
                f"The signing key {files.key} ({key.fingerprint}) is not the one that signed before "
                f"({before.key_fingerprint}).",
                "The audit chain goes on and can be verified, but its head is not signed any more.",
                "Put the former key file back, or begin with this one: controlroom audit key --new.",
            )
        sequence, hash_ = _whole_to_the_head(session, before)
    if not sequence or (before and before.sequence == sequence and before.public_key == key.public):
        return before
    head = key.sign(HEAD, sequence, hash_, database.clock.now())
    # Outside first: what is in the database is always there too.
    files.heads.append(KEY if former else HEAD, head, former or key)
    with database.write() as work:
        work.session.add(AuditSignatureRow(**asdict(head)))
        work.announce("audit signature", head.sequence)
    log.info("signed the audit chain's head at entry %s: %s", head.sequence, head.fingerprint)
    return head


def require_heads(database: Database, files: AuditFiles) -> None:
    """Raise Unavailable when the file of signed heads is gone, shorter than the database remembers, or not in order."""
    if missing := missing_heads(database, files):
        raise _not_in_order(files, f"{len(missing)} signed heads are missing in it")
    if files.heads.faults:
        raise _not_in_order(files, files.heads.faults[0])


def missing_heads(database: Database, files: AuditFiles) -> list[SignedHead]:
    """The signed heads of the database that the file outside it does not hold."""
    try:
        there = {line.head.signature for line in files.heads.lines() if line.kind != RESTORED}
    except OSError as error:
        raise _not_in_order(files, error.strerror or str(error)) from error
    with database.read() as session:
        rows = session.scalars(select(AuditSignatureRow).order_by(AuditSignatureRow.id))
        return [to_record(SignedHead, row) for row in rows if row.signature not in there]


def refill_heads(database: Database, files: AuditFiles, actor: str, reason: str) -> int:
    """Write the heads that the file has lost into it again; how many. An entry of the chain and each line say so."""
    missing, key = missing_heads(database, files), SigningKey.load(files.key)
    for head in missing:
        files.heads.append(HEAD, head, key, by=actor)
    if missing:
        with database.write() as work:
            audit.record(work, actor, REFILLED, "audit", "heads", text=reason, heads=len(missing))
    return len(missing)


def _not_in_order(files: AuditFiles, why: str) -> Unavailable:
    return Unavailable(
        f"The file of signed heads {files.heads.path} is not what it was: {why}.",
        "A tail cut off the audit trail could go unseen.",
        "Put the former file back. Where it is lost: controlroom audit sign --refill 'why' writes its heads again.",
    )


def begin_new_key(database: Database, files: AuditFiles, actor: str, *, lost: str = "") -> SigningKey:
    """Sign with a new key from now on; an entry of the chain, signed by the former one, says so.

    The former key file is set aside beside it. Where the key that signed before is `lost` (why), the new one begins
    without its signature, and every verification says since when. Raises Unavailable when it is not there and nobody
    says that it is lost.
    """
    former = _former_key(database, files, lost=bool(lost))
    if files.key.exists():
        stamp = f"{database.clock.now():%Y%m%dT%H%M%S}"
        files.key.rename(files.key.with_name(f"{files.key.name}.before-{stamp}"))
    key = SigningKey.create(files.key)
    signed = {"key": key.public, **_signed_change(former, key)}
    with database.write() as work:
        audit.record(work, actor, CHANGED, "audit", key.fingerprint, text=lost, **signed)
    sign_head(database, files, new_key=True, former=former if isinstance(former, SigningKey) else None)
    return key


def _former_key(database: Database, files: AuditFiles, *, lost: bool) -> SigningKey | str:
    """The key that signed before; its fingerprint (empty: there was none) where it is lost."""
    with database.read() as session:
        before = newest_signed(session)
    if before is None:
        return SigningKey.load(files.key) if files.key.exists() else ""
    try:
        key = SigningKey.load(files.key)
        if key.public == before.public_key:
            return key
    except Unavailable:
        pass
    if lost:
        return before.key_fingerprint
    raise Unavailable(
        f"The key that signed before ({before.key_fingerprint}) is not in {files.key}.",
        "A new key has to be signed by it, so that everybody can tell it from one made up.",
        "Put the former key file back. If it is lost: controlroom audit key --new --lost 'why'.",
    )


def _signed_change(former: SigningKey | str, key: SigningKey) -> dict[str, str]:
    if isinstance(former, str):
        return {"former": former}
    signature = former.sign_facts(*change_facts(former.public, key.public))
    return {"former": former.fingerprint, "former_key": former.public, "signature": signature}


def note_restored(database: Database, files: AuditFiles, actor: str) -> None:
    """Write into the file of heads, signed, that `actor` set the database back to its present head by a restore."""
    with database.read() as session:
        sequence, hash_ = head_of(session)
    key = SigningKey.load(files.key)
    files.heads.append(RESTORED, key.sign(RESTORED, sequence, hash_, database.clock.now()), key, by=actor)


def _key(files: AuditFiles, before: SignedHead | None, *, new_key: bool) -> SigningKey:
    first = before is None and next(files.heads.lines(), None) is None
    if (first or new_key) and not files.key.exists():
        return SigningKey.create(files.key)
    return SigningKey.load(files.key)


def _whole_to_the_head(session: Session, before: SignedHead | None) -> tuple[int, str]:
    """Number and hash of the head, after walking the chain up to it; raises Unavailable when it is broken."""
    sequence, hash_ = head_of(session)
    start = before if before is not None and is_genuine(before, HEAD) else None
    walker = Walker(start.sequence, start.hash) if start else Walker()
    confirmed = ConfirmedEntries(session)
    with links(session, walker.sequence) as chain:
        for link in chain:
            if link.sequence > sequence:
                break  # written since the head was read
            for fault in walker.step(link):
                if not (by := confirmed.by(link)):
                    raise _not_whole(fault, before)
                log.warning("the head is signed although %s; %s", fault, by)
    if (walker.sequence, walker.hash) != (sequence, hash_):
        raise _not_whole(f"the way from entry {walker.sequence} does not lead to the head {sequence}", before)
    return sequence, hash_


def _not_whole(fault: str, before: SignedHead | None) -> Unavailable:
    since = f" since entry {before.sequence}, signed on {show_moment(before.signed_at)}" if before else ""
    return Unavailable(
        f"The audit chain is not whole{since}: {fault}.",
        "Its head was not signed.",
        "Run controlroom audit verify, and keep the database file or server as it is for those who look into it. "
        "Once that is done, an administrator confirms the entry: controlroom user confirm-entry.",
    )
