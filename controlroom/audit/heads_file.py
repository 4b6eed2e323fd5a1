"""The file of signed heads outside the database: lines are only ever appended, each on the disk before it counts.

Whoever cuts the chain's tail and its head row can do the same to the table of signatures, but not to this file, which
lies elsewhere (a setting): on a server share, or a stick that is changed with the shift.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from controlroom.audit.records import SignedHead
from controlroom.codec import from_plain, to_plain
from controlroom.errors import Unavailable
from controlroom.platform import owner_only, sync_folder

HEAD, RESTORED = "head", "restored"


@dataclass(frozen=True)
class HeadsLine:
    """One line: a signed head, or (signed too) that the database was set back to one by a restore."""

    kind: str
    head: SignedHead


class HeadsFile:
    """The signed heads in `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, line: HeadsLine) -> None:
        """Add a line and wait until it is on the disk; raises Unavailable."""
        text = json.dumps({"kind": line.kind, **to_plain(line.head)}) + "\n"
        try:
            fresh = not self.path.exists()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                if not fresh and not self._ends_in_line_end():
                    text = "\n" + text  # a line torn by a power cut stays torn, and takes no other with it
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            if fresh:
                owner_only(self.path)
                sync_folder(self.path.parent)
        except OSError as error:
            raise Unavailable(
                f"The file of signed heads {self.path} cannot be written: {error.strerror or error}.",
                "The head of the audit chain was not signed.",
                "Free or mend that disk; the next hour tries again.",
            ) from error

    def lines(self) -> Iterator[HeadsLine]:
        """Every whole line, oldest first; those that cannot be read are left out (`unreadable` counts them)."""
        self.unreadable = 0
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for raw in file:
                if not raw.strip():
                    continue
                try:
                    line = _parse(raw)
                except (ValueError, KeyError, TypeError):
                    self.unreadable += 1
                else:
                    yield line

    unreadable = 0

    def _ends_in_line_end(self) -> bool:
        with self.path.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return True
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"


def _parse(raw: bytes) -> HeadsLine:
    given = json.loads(raw)
    if given["kind"] not in (HEAD, RESTORED):
        raise ValueError("no such kind of line")
    return HeadsLine(given["kind"], from_plain(SignedHead, given))
