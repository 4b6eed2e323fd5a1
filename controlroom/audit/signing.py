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
from controlroom.audit.chain import Walker, head_of, links
from controlroom.audit.records import SignedHead
from controlroom.audit.signed_heads import HEAD, RESTORED, HeadsFile, HeadsLine, SigningKey, is_genuine
from controlroom.audit.tables import AuditSignatureRow
from controlroom.clock import show_moment
from controlroom.database.rows import to_record
from controlroom.database.unit_of_work import Database
from controlroom.errors import Unavailable
from controlroom.settings import Settings

log = logging.getLogger(__name__)


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


def sign_head(database: Database, files: AuditFiles, *, new_key: bool = False) -> SignedHead | None:
    """Sign the head as it stands; None while the chain is empty, the last signed head when nothing was added since.

    The first time a key is made. Raises Unavailable when the key is lost or another one than before (unless
    `new_key`), when the chain does not lead on from the last signed head, or when the file cannot be written.
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
    files.heads.append(HeadsLine(HEAD, head))  # outside first: what is in the database is always there too
    with database.write() as work:
        work.session.add(AuditSignatureRow(**asdict(head)))
        work.announce("audit signature", head.sequence)
    log.info("signed the audit chain's head at entry %s: %s", head.sequence, head.fingerprint)
    return head


def begin_new_key(database: Database, files: AuditFiles, actor: str) -> SigningKey:
    """Sign with a new key from now on, the former one (if any) set aside beside it; an entry of the chain says so."""
    if files.key.exists():
        stamp = f"{database.clock.now():%Y%m%dT%H%M%S}"
        files.key.rename(files.key.with_name(f"{files.key.name}.before-{stamp}"))
    with database.read() as session:
        before = newest_signed(session)
        former = before.key_fingerprint if before else ""
    key = SigningKey.create(files.key)
    with database.write() as work:
        audit.record(work, actor, "audit.key-changed", "audit", key.fingerprint, former=former)
    sign_head(database, files, new_key=True)
    return key


def note_restored(database: Database, files: AuditFiles) -> None:
    """Write into the file of heads, signed, that the database stands at its present head again after a restore."""
    with database.read() as session:
        sequence, hash_ = head_of(session)
    key = SigningKey.load(files.key)
    files.heads.append(HeadsLine(RESTORED, key.sign(RESTORED, sequence, hash_, database.clock.now())))


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
    with links(session, walker.sequence) as chain:
        for link in chain:
            if link.sequence > sequence:
                break  # written since the head was read
            for fault in walker.step(link):
                raise _not_whole(fault, before)
    if (walker.sequence, walker.hash) != (sequence, hash_):
        raise _not_whole(f"the way from entry {walker.sequence} does not lead to the head {sequence}", before)
    return sequence, hash_


def _not_whole(fault: str, before: SignedHead | None) -> Unavailable:
    since = f" since entry {before.sequence}, signed on {show_moment(before.signed_at)}" if before else ""
    return Unavailable(
        f"The audit chain is not whole{since}: {fault}.",
        "Its head was not signed.",
        "Run controlroom audit verify, and keep the database file or server as it is for those who look into it.",
    )
