"""Accepting entries on this desk: on the disk in milliseconds, whatever the database does.

One thread takes entries in the order they were typed. The file is this desk's own; files of desks that were killed
are adopted and emptied. A damaged file is set aside and told of; a full or read-only disk refuses the entry, whose
text the log line then keeps, unless the database itself can take it at once.
"""

import logging
import os
import secrets
import sqlite3
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from controlroom.accounts.records import Actor
from controlroom.clock import Clock, local_date
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.incidents import rules, search
from controlroom.incidents.records import NewLogEntry
from controlroom.incidents.snapshots import SnapshotStore
from controlroom.incidents.spool.file import SUFFIX, SpoolDamaged, SpoolFile, set_aside
from controlroom.incidents.spool.records import Kept, KeptKind, KeptState, Written
from controlroom.incidents.vocabulary import Vocabulary
from controlroom.platform import owner_only
from controlroom.site_key import SiteKey

log = logging.getLogger(__name__)
Direct = Callable[[Kept], Written]


@dataclass(frozen=True)
class Spot:
    """The camera an entry is about, as this desk knows it: shown until the database has the entry."""

    number: str = ""
    place: str = ""


class Spool:
    """What this desk keeps. Listeners hear of every change, on whatever thread made it, and must return at once."""

    def __init__(
        self,
        folder: Path,
        site_key: SiteKey,
        clock: Clock,
        vocabulary: Vocabulary,
        snapshots: SnapshotStore,
        *,
        away: Callable[[], bool] = lambda: False,
    ) -> None:
        self.folder, self._site_key, self._clock = folder, site_key, clock
        self._vocabulary, self._snapshots, self._away = vocabulary, snapshots, away
        self._lock = threading.Lock()  # over the files; what is shown is read without it
        self._own: SpoolFile | None = None
        self._adopted: list[SpoolFile] = []
        self._left_alone: set[Path] = set()
        self._home: dict[str, SpoolFile] = {}  # key -> the file it lies in
        self._kept: dict[str, Kept] = {}
        self._shown: tuple[Kept, ...] = ()
        self._listeners: list[Callable[[], None]] = []
        self._troubles: list[ControlRoomError] = []
        self.direct: Direct | None = None  # writes one straight into the database when the disk refuses it
        self.on_written: Callable[[Written], None] = lambda _written: None
        self._thread = ThreadPoolExecutor(1, "spool")

    # -- for the desk ----------------------------------------------------------------------------------------

    def accept(
        self, actor: Actor, new: NewLogEntry, *, spot: Spot | None = None, picture: Path | None = None
    ) -> "Future[Kept]":
        """Keep an entry; the future holds it once it is on the disk. Its error says why it was not accepted."""
        key, spot = str(uuid.uuid4()), spot or Spot()
        now = self._clock.now()  # the moment it was sent, not the moment the disk was free
        return self._thread.submit(self._accept, key, actor, new, spot, picture, now)

    def note(self, kind: KeptKind, actor: Actor, said: str = "") -> "Future[Kept]":
        """Keep something for the audit trail: a sign-in from memory, an entry closed."""
        now = self._clock.now()
        kept = Kept(str(uuid.uuid4()), kind, actor, now, now, self._away(), NewLogEntry(said))
        return self._thread.submit(self._keep, kept)

    def entries(self) -> tuple[Kept, ...]:
        """Entries not yet in the database, the oldest first: waiting ones and refused ones."""
        return tuple(each for each in self._shown if each.kind is KeptKind.ENTRY)

    def troubles(self) -> list[ControlRoomError]:
        """What has to be told about the files themselves, once each."""
        found, self._troubles = self._troubles, []
        return found

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever something was kept, written, refused or found."""
        self._listeners.append(listener)

    def close(self) -> None:
        """Finish what is being accepted, and give the files back; what is still in them waits for the next desk."""
        self._thread.shutdown(wait=True)
        with self._lock:
            for file in [*self._adopted, *([self._own] if self._own else [])]:
                file.close(remove=file not in self._home.values())
            self._own, self._adopted = None, []

    # -- for the drainer -------------------------------------------------------------------------------------

    def waiting(self) -> Kept | None:
        """The oldest one that waits for the database."""
        return next((each for each in self._shown if each.state is KeptState.WAITING), None)

    def written(self, written: Written) -> None:
        """The database has it: take it out."""
        with self._lock:
            self._take_out(written.kept)
        self.on_written(written)
        self._tell()

    def put_off(self, kept: Kept) -> None:
        """The database did not answer: from now on it counts as accepted while it was away."""
        if not kept.away:
            self._change(replace(kept, away=True))

    def refuse(self, kept: Kept, error: ControlRoomError) -> None:
        """The database refused it for good: keep it aside with the reason. It is never dropped."""
        said = " ".join(part for part in (error.what, error.meaning) if part)
        self._change(replace(kept, state=KeptState.REFUSED, reason=said, remedy=error.remedy))

    def again(self, kept: Kept) -> None:
        """Try a refused one once more."""
        self._change(replace(kept, state=KeptState.WAITING, reason="", remedy=""))

    def close_refused(self, kept: Kept, actor: Actor) -> None:
        """Somebody who may has dealt with a refused one: it stays in its file, and the audit trail says so."""
        self.note(KeptKind.CLOSED, actor, f"{kept.actor.handle}, accepted {kept.accepted_at.isoformat()}")
        self._change(replace(kept, state=KeptState.CLOSED))

    def look_for_orphans(self) -> None:
        """Take over files of desks that were killed."""
        with self._lock:
            mine = {file.path for file in self._adopted} | ({self._own.path} if self._own else set())
            for path in sorted(self.folder.glob(f"*{SUFFIX}")) if self.folder.is_dir() else []:
                if path not in mine and path not in self._left_alone:
                    self._adopt(path)
            self._show()
        self._tell()

    # -- accepting -------------------------------------------------------------------------------------------

    def _accept(
        self, key: str, actor: Actor, new: NewLogEntry, spot: Spot, picture: Path | None, at: datetime
    ) -> Kept:
        text = rules.check_text(_clean(new.text))
        occurred_at = rules.check_moment(new.occurred_at or at, at)
        self._vocabulary.check_category(new.category, of_incident=False)
        self._vocabulary.check_source(new.source)
        search.normal_cad(new.cad, local_date(occurred_at))
        snapshot = self._snapshots.keep(picture, at, spot.number) if picture is not None else None
        entry = replace(new, text=text, occurred_at=occurred_at, snapshot=None)
        kept = Kept(
            key,
            KeptKind.ENTRY,
            actor,
            at,
            occurred_at,
            self._away(),
            entry,
            snapshot,
            spot.number,
            spot.place,
        )
        return self._keep(kept)

    def _keep(self, kept: Kept) -> Kept:
        try:
            with self._lock:
                kept = self._put(kept)
                self._show()
        except (OSError, sqlite3.Error, Unavailable) as error:  # the disk, or no site key to seal it with
            return self._write_at_once(kept, error)
        self._tell()
        return kept

    def _put(self, kept: Kept) -> Kept:
        file = self._own_file()
        try:
            kept = file.put(kept)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            file = self._begin_anew(file, error)
            kept = file.put(kept)
        self._kept[kept.key], self._home[kept.key] = kept, file
        return kept

    def _own_file(self) -> SpoolFile:
        if self._own is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            owner_only(self.folder)
            path = self.folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
            file = SpoolFile.open(path, self._site_key)
            if file is None:
                raise OSError(f"{path.name} is held by another process")
            self._own = file
        return self._own

    def _begin_anew(self, damaged: SpoolFile, error: sqlite3.DatabaseError) -> SpoolFile:
        """The file went bad under our hands: what we know was in it is kept in a new one."""
        log.error("the spool file is damaged: %s", error)
        where = damaged.set_aside()
        self._own = None
        file = self._own_file()
        for key, home in list(self._home.items()):
            if home is damaged:
                self._kept[key], self._home[key] = file.put(self._kept[key]), file
        self._troubles.append(_damaged(where, str(error)))
        return file

    def _write_at_once(self, kept: Kept, error: Exception) -> Kept:
        log.error("an entry could not be kept on this desk: %s", error)
        if self.direct is not None and kept.kind is KeptKind.ENTRY and not self._away():
            try:
                written = self.direct(kept)
            except ControlRoomError as refused:
                log.warning("nor could the database take it: %s", refused.what)
            else:
                self.on_written(written)
                return kept
        if kept.snapshot is not None:
            self._snapshots.discard(kept.snapshot)
        raise Unavailable(
            f"The entry could not be kept on this computer: {_why(error)}",
            "It is not accepted; the text stays in the line.",
            _remedy(error),
        ) from error

    # -- keeping ---------------------------------------------------------------------------------------------

    def _change(self, kept: Kept) -> None:
        with self._lock:
            file = self._home.get(kept.key)
            if file is None:
                return
            try:
                file.change(kept)
            except sqlite3.Error as error:
                log.error("the spool could not note what became of an entry: %s", error)
            self._kept[kept.key] = kept
            self._show()
        self._tell()

    def _take_out(self, kept: Kept) -> None:
        file = self._home.pop(kept.key, None)
        self._kept.pop(kept.key, None)
        if file is not None:
            try:
                file.take_out(kept)
            except sqlite3.Error as error:  # written twice it cannot be: its key is in the database
                log.error("an entry that was saved could not be taken out of the spool: %s", error)
            if file in self._adopted and file not in self._home.values():
                self._adopted.remove(file)
                file.close(remove=True)
        self._show()

    def _adopt(self, path: Path) -> None:
        try:
            file = SpoolFile.open(path, self._site_key)
            if file is None:
                return
            rows, unreadable = file.rows()
        except (SpoolDamaged, sqlite3.DatabaseError) as error:
            self._left_alone.add(path)
            self._troubles.append(_damaged(_aside(path), str(error)))
            return
        except OSError as error:
            self._left_alone.add(path)
            log.error("the spool file %s cannot be read: %s", path.name, error)
            return
        if unreadable:
            self._left_alone.add(path)
            self._troubles.append(_sealed(path, unreadable))
        if rows:
            log.warning("%d entries of a desk that was ended are taken over from %s", len(rows), path.name)
            self._adopted.append(file)
            for kept in rows:
                self._kept[kept.key], self._home[kept.key] = kept, file
            if all(each.state is KeptState.CLOSED for each in rows):
                self._left_alone.add(path)
        else:
            file.close(remove=not unreadable)

    def _show(self) -> None:
        known = (each for each in self._kept.values() if each.state is not KeptState.CLOSED)
        self._shown = tuple(sorted(known, key=lambda each: (each.accepted_at, each.number)))

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


def _clean(text: str) -> str:
    """Without what no database can hold: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _aside(path: Path) -> Path:
    try:
        return set_aside(path)
    except OSError as error:
        log.error("the damaged spool file could not be moved: %s", error)
        return path


def _damaged(where: Path, why: str) -> Unavailable:
    return Unavailable(
        f"A file of entries kept on this computer was damaged and set aside ({why}).",
        "Entries in it that had not reached the database may be missing from the log; new ones are kept safely.",
        f"Look into the log for gaps, and keep {where} for the administrator.",
    )


def _sealed(path: Path, count: int) -> Unavailable:
    return Unavailable(
        f"{count} entries kept on this computer cannot be opened: the site key does not fit.",
        "They are not in the database yet and were left as they are.",
        f"Put back the site key that sealed {path}, then start the desk again.",
    )


def _why(error: Exception) -> str:
    return error.what if isinstance(error, ControlRoomError) else f"{error}."


def _remedy(error: Exception) -> str:
    if isinstance(error, ControlRoomError) and error.remedy:
        return error.remedy
    return "Make room on the disk, or make its folder writable, then press Enter again."
