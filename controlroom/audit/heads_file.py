"""Reads and writes the file of signed heads, which lies outside the database: numbered lines, each linked to the last.

Whoever cuts the chain's tail and its head row can do the same to the table of signatures, but not to the file, which
lies elsewhere (a setting): on a server share, or a stick that is changed with the shift. Its lines are only ever
appended, each on the disk before it counts. Each bears its number, the hash of the line before it, and a signature
over all it says, so that a line that is missing, repeated or pasted in is named. Lines from before that are unnumbered.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from controlroom.audit.records import SignedHead
from controlroom.audit.signatures import is_signed, moment
from controlroom.audit.signed_heads import HEAD, KEY, RESTORED, SigningKey
from controlroom.codec import from_json, to_plain
from controlroom.errors import Unavailable
from controlroom.platform import owner_only, sync_folder

MOST_MISSING = 1_000_000  # lines between two: more than a room writes in a century
LONGEST = 64 * 1024  # bytes: no line that the program writes is nearly as long
TOO_LONG = b"a line that is too long"  # stands for a longer line, which nobody can read


@dataclass(frozen=True)
class HeadsLine:
    """One line: a signed head, or (signed too) that the database was set back to one by a restore.

    The first head that a new key signed is a line of kind `KEY`: its line is signed by the key before.

    `number` is 0 in a line from before lines were numbered. `signer` is the key that signed the line as a whole, `by`
    says who restored, or why a head was written here again.
    """

    kind: str
    head: SignedHead
    number: int = 0
    previous: str = ""
    by: str = ""
    signer: str = ""
    line_signature: str = ""

    @property
    def facts(self) -> tuple[object, ...]:
        """What the signature of the line is over."""
        head = self.head
        said = (self.kind, head.sequence, head.hash, moment(head.signed_at), head.signature)
        key = (head.public_key,) if self.kind == KEY else ()
        return ("controlroom heads 1", self.number, self.previous, self.by, *said, *key)


class HeadsFile:
    """Reads and appends signed heads in `path`. Once `lines` was read, `faults` names lines out of order."""

    def __init__(self, path: Path) -> None:
        self.path, self.unreadable, self.unnumbered = path, 0, 0
        self.faults: list[str] = []
        self._last: tuple[int, str] = 0, ""  # number and hash of the last line, as `lines` found them
        self._left = (0, 0)  # size and time of the file when they were known last

    def append(self, kind: str, head: SignedHead, key: SigningKey, *, by: str = "") -> None:
        """Add a line behind the last one and wait until it is on the disk; raises Unavailable."""
        try:
            number, previous = self._end()
            line = HeadsLine(kind, head, number + 1, previous, by)
            link = {"number": line.number, "previous": previous, "by": by, "signer": key.public}
            link["line_signature"] = key.sign_facts(*line.facts)
            text = json.dumps({"kind": kind, **to_plain(head), **link})
            self._write(text + "\n")
            self._last, self._left = (line.number, _hash(text.encode())), self._stands()
        except OSError as error:
            raise Unavailable(
                f"The file of signed heads {self.path} cannot be written: {error.strerror or error}.",
                "The head of the audit chain was not signed.",
                "Free or mend that disk; the next hour tries again.",
            ) from error

    def lines(self) -> Iterator[HeadsLine]:
        """Every whole line that stands in its place, oldest first; those that cannot be read are left out."""
        self.unreadable, self.unnumbered, self.faults = 0, 0, []
        stands = self._stands()
        number, previous, seen, signers = 0, "", set[str](), set[str]()
        for place, raw in enumerate(self._raw_lines(), start=1):
            before, previous = previous, _hash(raw)
            try:
                line = _parse(raw)
            except ValueError:
                self.unreadable += 1
                continue
            fault = _fault(line, number, before, seen)
            if not fault or _leads_on(line, number, signers):
                number = max(number, line.number)
                signers |= {line.signer, line.head.public_key} if line.kind == KEY else {line.signer}
            seen.add(line.head.signature)
            self.unnumbered += not line.number
            if fault:
                self.faults.append(f"line {place} of {self.path.name} {fault}")
            else:
                yield line
        self._last, self._left = (number, previous), stands

    def _raw_lines(self) -> Iterator[bytes]:
        if self.path.exists():
            with self.path.open("rb") as file:
                while raw := file.readline(LONGEST):
                    if len(raw) == LONGEST and not raw.endswith(b"\n"):
                        while (more := file.readline(LONGEST)) and not more.endswith(b"\n"):
                            pass
                        yield TOO_LONG
                    elif raw.strip():
                        yield raw.strip()

    def _end(self) -> tuple[int, str]:
        """The number of the last line in its place, and the hash of the last line whatever it is.

        A file that is as it was when it was read or written last is not read again: that of many years is long.
        """
        if self._stands() != self._left:
            for _line in self.lines():
                pass
        return self._last

    def _stands(self) -> tuple[int, int]:
        found = self.path.stat() if self.path.exists() else None
        return (found.st_size, found.st_mtime_ns) if found else (-1, 0)

    def _write(self, text: str) -> None:
        fresh = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            if not fresh and not self._ends_in_line_end():
                text = "\n" + text  # a line cut short by a power cut must not run into this one
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            owner_only(self.path)
            sync_folder(self.path.parent)

    def _ends_in_line_end(self) -> bool:
        with self.path.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return True
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"


def _fault(line: HeadsLine, number: int, before: str, seen: set[str]) -> str:
    """What is wrong with a line behind line `number` and the raw line with the hash `before`."""
    if line.head.signature in seen:
        return "was there before: an old line was pasted in again"
    if not line.number:
        return f"is not numbered, though {number} lines before it are: it was pasted in" if number else ""
    if not is_signed(line.signer, line.line_signature, *line.facts):
        return "is not signed as a whole: its number, its link or its writer was changed"
    if line.number != number + 1:
        return f"bears number {line.number} behind {number}: a line is missing or was moved"
    return (
        "" if line.previous == before else "does not follow the line before it: one was changed or taken out"
    )


def _leads_on(line: HeadsLine, number: int, signers: set[str]) -> bool:
    """True for a line out of order that is counted on from: lines were taken out before it, and it is genuine.

    It is signed by whoever signed the ones before, or is the first that is signed at all.
    """
    return (
        number < line.number <= number + MOST_MISSING
        and (not signers or line.signer in signers)
        and is_signed(line.signer, line.line_signature, *line.facts)
    )


def _hash(raw: bytes) -> str:
    return sha256(raw).hexdigest()


@dataclass(frozen=True)
class _Said:
    """What a line says beside its head."""

    kind: str
    number: Annotated[int, Meta(ge=0)] = 0
    previous: str = ""
    by: str = ""
    signer: str = ""
    line_signature: str = ""


def _parse(raw: bytes) -> HeadsLine:
    """Read one line of the file; raises ValueError for one that this program did not write."""
    said = from_json(_Said, raw)
    if said.kind not in (HEAD, RESTORED, KEY):
        raise ValueError("no such kind of line")
    link = (said.number, said.previous, said.by, said.signer, said.line_signature)
    return HeadsLine(said.kind, from_json(SignedHead, raw), *link)
