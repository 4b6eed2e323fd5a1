"""Gathers the signed heads that vouch for the chain, from the table and the file, and says what is odd there."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.audit.approved_keys import ApprovedKeys
from controlroom.audit.chain import AT_ONCE
from controlroom.audit.heads_file import HeadsFile
from controlroom.audit.records import SignedHead
from controlroom.audit.signed_heads import HEAD, KEY, RESTORED, is_genuine
from controlroom.audit.tables import AuditSignatureRow
from controlroom.clock import show_moment
from controlroom.database.rows import to_record


@dataclass
class SignedHeads:
    """The genuine signed heads that still hold, by the number of the entry they sign, with faults and notes."""

    by_sequence: dict[int, list[SignedHead]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ever_in_file: set[tuple[int, str]] = field(default_factory=set)

    def beyond(self, sequence: int) -> SignedHead | None:
        """The furthest head signed beyond `sequence`."""
        further = max(self.by_sequence, default=0)
        return self.by_sequence[further][0] if further > sequence else None


def signed_heads(session: Session, file: HeadsFile | None, trusted: Collection[str]) -> SignedHeads:
    """Signed heads from the table and the file together; the file wins, since it lies outside the database."""
    heads, keys = SignedHeads(), ApprovedKeys(session, trusted or _first_key(file))
    heads.notes += keys.notes
    heads.faults += keys.faults
    in_file = _from_file(file, heads, keys) if file is not None else {}
    in_table = {
        (head.sequence, head.signature): head
        for head in stored_heads(session, heads.faults)
        if _is_sound(head, heads, keys)
    }
    for key, head in (in_table | in_file).items():
        heads.by_sequence.setdefault(key[0], []).append(head)
    if file is not None:
        _compare(in_table.keys(), in_file.keys(), file, heads)
    return heads


def _first_key(file: HeadsFile | None) -> list[str]:
    """The key that the file outside the database begins with."""
    first = next(file.lines(), None) if file is not None else None
    return [first.signer or first.head.public_key] if first is not None else []


def stored_heads(session: Session, faults: list[str]) -> Iterator[SignedHead]:
    """Return the signed heads in the database, oldest first; a head that cannot be read is added to the faults."""
    query = select(AuditSignatureRow).order_by(AuditSignatureRow.id).execution_options(yield_per=AT_ONCE)
    for row in session.scalars(query):
        try:
            yield to_record(SignedHead, row)
        except msgspec.ValidationError:
            faults.append(f"signed head {row.id} of the database holds what the program never writes")


def _is_sound(head: SignedHead, heads: SignedHeads, keys: ApprovedKeys, kind: str = HEAD) -> bool:
    when = show_moment(head.signed_at)
    if is_genuine(head, HEAD if kind == KEY else kind):
        if keys.has(head.public_key):
            return True
        if keys.is_waiting(head.public_key):
            return False
        heads.faults.append(
            f"entry {head.sequence} of {when} was signed with a key, {head.key_fingerprint}, that the room never "
            "approved: it vouches for nothing"
        )
        return False
    heads.faults.append(
        f"the signature of entry {head.sequence} of {when} is not genuine: it was changed or made up"
    )
    return False


def _from_file(file: HeadsFile, heads: SignedHeads, keys: ApprovedKeys) -> dict[tuple[int, str], SignedHead]:
    found: dict[tuple[int, str], SignedHead] = {}
    again = 0
    for line in file.lines():
        if line.kind == KEY and keys.has(line.signer):
            keys.add(line.head.public_key)
        if not _is_sound(line.head, heads, keys, line.kind):
            continue
        if line.number and keys.is_waiting(line.signer):
            continue
        if line.number and not keys.has(line.signer):
            heads.faults.append(
                f"line {line.number} of {file.path.name} was signed with a key nobody approved"
            )
            continue
        if line.kind == RESTORED:
            back_to = line.head.sequence
            found = {key: head for key, head in found.items() if key[0] <= back_to}
            when = show_moment(line.head.signed_at)
            heads.notes.append(
                f"the database was restored to entry {back_to} on {when}{f' by {line.by}' if line.by else ''}; "
                "what followed was set aside"
            )
        else:
            key = (line.head.sequence, line.head.signature)
            found[key] = line.head
            heads.ever_in_file.add(key)
            again += bool(line.by)
    if again:
        heads.notes.append(f"{again} heads were written into {file.path.name} again, from the database")
    heads.faults += file.faults
    if file.unnumbered:
        heads.notes.append(
            f"the first {file.unnumbered} lines of {file.path} are from before lines were numbered: one that is "
            "missing among them goes unseen"
        )
    if file.unreadable:
        heads.notes.append(f"{file.unreadable} lines of {file.path} cannot be read")
    return found


def _compare(
    in_table: Collection[object], in_file: Collection[object], file: HeadsFile, heads: SignedHeads
) -> None:
    if in_table and not file.path.exists():
        heads.notes.append(
            f"the file of signed heads {file.path} is not there: a tail cut with its head may go unseen"
        )
        return
    if missing := set(in_table) - heads.ever_in_file:
        heads.faults.append(
            f"{len(missing)} signed heads that the database remembers are missing in {file.path}: "
            "it was cut or exchanged"
        )
    if missing := set(in_file) - set(in_table):
        heads.notes.append(
            f"{len(missing)} signed heads are missing in the database; the file outside it has them"
        )
