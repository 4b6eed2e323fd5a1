"""Accepts entries on this desk: they are on its disk within milliseconds, whatever the database does.

One thread takes entries in the order they were typed. The file is this desk's own; files of desks that were killed
are adopted and emptied. A damaged file is set aside and reported; a full or read-only disk refuses the entry, whose
text then stays in the field it was typed in, unless the database itself can take it at once.
"""

import logging
import os
import secrets
import sqlite3
import threading
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from controlroom.accounts.records import Actor
from controlroom.clock import Clock
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.log import rules
from controlroom.log.outbox.file import SUFFIX, OutboxDamaged, OutboxFile, set_aside
from controlroom.log.outbox.records import RECORDS, About, ItemKind, ItemState, OutboxItem, Saved
from controlroom.log.records import NewAddendum, NewLogEntry, Snapshot
from controlroom.log.snapshots import SnapshotStore
from controlroom.log.vocabulary import Vocabulary
from controlroom.platform import owner_only
from controlroom.site_key import SiteKey
from controlroom.texts import clean, clean_record

log = logging.getLogger(__name__)
Write = Callable[[OutboxItem], Saved]


class Outbox:
    """What this desk has accepted and the database does not have yet.

    Listeners hear of every change, on whatever thread made it, and must return at once.
    """

    def __init__(
        self,
        folder: Path,
        site_key: SiteKey,
        clock: Clock,
        vocabulary: Vocabulary,
        snapshots: SnapshotStore,
        *,
        away: Callable[[], bool] = lambda: False,
        write: Write | None = None,
    ) -> None:
        """`write` puts an item straight into the database; used when this desk's disk refuses it."""
        self.folder, self._site_key, self._clock = folder, site_key, clock
        self._vocabulary, self._snapshots, self._away = vocabulary, snapshots, away
        self._lock = threading.Lock()  # over the files; what is shown is read without it
        self._own: OutboxFile | None = None
        self._adopted: list[OutboxFile] = []
        self._left_alone: set[Path] = set()
        self._unread: set[Path] = set()  # told of once, tried again each time
        self._home: dict[str, OutboxFile] = {}  # key -> the file it lies in
        self._items: dict[str, OutboxItem] = {}
        self._shown: tuple[OutboxItem, ...] = ()
        self._listeners: list[Callable[[], None]] = []
        self._saved_listeners: list[Callable[[Saved], None]] = []
        self._troubles: list[ControlRoomError] = []
        self._write = write
        self._thread = ThreadPoolExecutor(1, "outbox")

    # -- for the desk ----------------------------------------------------------------------------------------

    def accept(
        self, actor: Actor, new: NewLogEntry, *, about: About | None = None, picture: Path | None = None
    ) -> "Future[OutboxItem]":
        """Accept an entry; the future holds it once it is on the disk. Its error says why it was not accepted."""
        now, about = self._clock.now(), about or About()  # when it was sent, not when the disk was free

        def store() -> OutboxItem:
            entry = replace(rules.check_entry(clean_record(new), now, self._vocabulary), snapshot=None)
            snapshot = self._snapshots.keep(picture, now, about.number) if picture is not None else None
            moment, away = entry.occurred_at or now, self._away()
            item = OutboxItem(_key(), ItemKind.ENTRY, actor, now, moment, away, entry, None, snapshot, about)
            return self._store(item)

        return self._thread.submit(store)

    def accept_addendum(
        self, actor: Actor, new: NewAddendum, *, about: About | None = None
    ) -> "Future[OutboxItem]":
        """Accept an addendum, also to an entry that is itself still here."""
        now, about = self._clock.now(), about or About()

        def store() -> OutboxItem:
            reason, text = rules.check_addendum(new.reason, new.text)
            checked, away = replace(clean_record(new), reason=reason, text=text), self._away()
            return self._store(
                OutboxItem(_key(), ItemKind.ADDENDUM, actor, now, now, away, addendum=checked, about=about)
            )

        return self._thread.submit(store)

    def note(self, kind: ItemKind, actor: Actor, said: str = "") -> "Future[OutboxItem]":
        """Accept something for the audit trail: a sign-in from memory, an entry closed."""
        now, said = self._clock.now(), clean(said, field="said")
        item = OutboxItem(_key(), kind, actor, now, now, self._away(), NewLogEntry(said))
        return self._thread.submit(self._store, item)

    def entries(self) -> tuple[OutboxItem, ...]:
        """Entries and addenda not yet in the database, the oldest first: waiting ones and refused ones."""
        return tuple(each for each in self._shown if each.kind in RECORDS)

    def picture(self, actor: Actor, snapshot: Snapshot) -> Path | None:
        """The picture of an entry not yet in the database, for who may read that; None where there is no such one."""
        mine = (each for each in self.entries() if each.may_be_read_by(actor.handle))
        if any(each.snapshot == snapshot for each in mine):
            return self._snapshots.path_of(snapshot)
        return None

    def troubles(self) -> list[ControlRoomError]:
        """Problems of the files themselves, each to be shown once."""
        found, self._troubles = self._troubles, []
        return found

    def listen(self, listener: Callable[[], None], saved: Callable[[Saved], None] | None = None) -> None:
        """Call `listener` whenever something was accepted, saved, refused or found, and `saved` with what was saved."""
        self._listeners.append(listener)
        if saved is not None:
            self._saved_listeners.append(saved)

    def close(self) -> None:
        """Finish what is being accepted, and close the files; what is still in them waits for the next desk."""
        self._thread.shutdown(wait=True)
        with self._lock:
            for file in [*self._adopted, *([self._own] if self._own else [])]:
                file.close(remove=file not in self._home.values())
            self._own, self._adopted = None, []

    # -- for the sender --------------------------------------------------------------------------------------

    def waiting(self, aside: Collection[str] = ()) -> OutboxItem | None:
        """The oldest one that waits for the database, without those of these keys and what was added to them."""
        for each in self._shown:
            about = each.addendum.entry_key if each.addendum is not None else ""
            if each.state is ItemState.WAITING and each.key not in aside and about not in aside:
                return each
        return None

    def take_saved(self, saved: Saved) -> None:
        """Remove an item that the database has by now."""
        with self._lock:
            self._take_out(saved.item)
        self._tell_saved(saved)
        self._tell()

    def put_off(self, item: OutboxItem, error: ControlRoomError) -> None:
        """Mark an item as accepted while the database was away, since it did not answer, and say why it waits."""
        if not item.away or item.reason != error.what:
            self._change(replace(item, away=True, reason=error.what))

    def refuse(self, item: OutboxItem, error: ControlRoomError) -> None:
        """Mark an item the database refused for good: it stays here with the reason, and is never dropped."""
        said = " ".join(part for part in (error.what, error.meaning) if part)
        self._change(replace(item, state=ItemState.REFUSED, reason=said, remedy=error.remedy))

    def again(self, item: OutboxItem) -> None:
        """Try a refused one once more."""
        self._change(replace(item, state=ItemState.WAITING, reason="", remedy=""))

    def close_refused(self, item: OutboxItem, actor: Actor) -> None:
        """Mark a refused item as dealt with by `actor`: it stays in its file, and the audit trail says so."""
        self.note(ItemKind.CLOSED, actor, f"{item.actor.handle}, accepted {item.accepted_at.isoformat()}")
        self._change(replace(item, state=ItemState.CLOSED))

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

    def _store(self, item: OutboxItem) -> OutboxItem:
        try:
            with self._lock:
                item = self._put(item)
                self._show()
        except (OSError, sqlite3.Error, Unavailable) as error:  # the disk, or no site key to seal it with
            return self._send_at_once(item, error)
        self._tell()
        return item

    def _put(self, item: OutboxItem) -> OutboxItem:
        file = self._own_file()
        try:
            item = file.put(item)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            file = self._begin_anew(file, error)
            item = file.put(item)
        self._items[item.key], self._home[item.key] = item, file
        return item

    def _own_file(self) -> OutboxFile:
        if self._own is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            owner_only(self.folder)
            path = self.folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
            file = OutboxFile.open(path, self._site_key)
            if file is None:
                raise OSError(f"{path.name} is held by another process")
            self._own = file
        return self._own

    def _begin_anew(self, damaged: OutboxFile, error: sqlite3.DatabaseError) -> OutboxFile:
        """Replace a file that was damaged while open: what we know was in it is written into a new one."""
        log.error("the outbox file is damaged: %s", error)
        where = damaged.set_aside()
        self._own = None
        file = self._own_file()
        for key, home in list(self._home.items()):
            if home is damaged:
                self._items[key], self._home[key] = file.put(self._items[key]), file
        self._troubles.append(_damaged(where, str(error)))
        return file

    def _send_at_once(self, item: OutboxItem, error: Exception) -> OutboxItem:
        log.error("an entry could not be accepted on this desk: %s", error)
        if self._write is not None and item.kind in RECORDS and not self._away():
            try:
                saved = self._write(item)
            except ControlRoomError as refused:
                log.warning("nor could the database take it: %s", refused.what)
            else:
                self._tell_saved(saved)
                return item
        if item.snapshot is not None:
            self._snapshots.discard(item.snapshot)
        raise Unavailable(
            f"The entry could not be kept on this computer: {_why(error)}",
            "It is not accepted; what you typed is still there.",
            _remedy(error),
        ) from error

    # -- the files -------------------------------------------------------------------------------------------

    def _change(self, item: OutboxItem) -> None:
        with self._lock:
            file = self._home.get(item.key)
            if file is None:
                return
            try:
                file.change(item)
            except sqlite3.Error as error:
                log.error("the outbox could not note what became of an entry: %s", error)
            self._items[item.key] = item
            self._show()
        self._tell()

    def _take_out(self, item: OutboxItem) -> None:
        file = self._home.pop(item.key, None)
        self._items.pop(item.key, None)
        if file is not None:
            try:
                file.take_out(item)
            except sqlite3.Error as error:  # it is never saved twice: its key is in the database
                log.error("an entry that was saved could not be taken out of the outbox: %s", error)
            if file in self._adopted and file not in self._home.values():
                self._adopted.remove(file)
                file.close(remove=True)
        self._show()

    def _adopt(self, path: Path) -> None:
        file = None
        try:
            file = OutboxFile.open(path, self._site_key)
            if file is None:
                return
            rows = file.rows()
        except (OSError, sqlite3.OperationalError) as error:  # a full disk, a folder nobody may write in
            if file is not None:
                file.close()
            if path not in self._unread:
                self._unread.add(path)
                log.error("the outbox file %s cannot be read now: %s", path.name, error)
                self._troubles.append(_not_now(path, error))
            return
        except (OutboxDamaged, sqlite3.DatabaseError) as error:
            if file is not None:
                file.close()
            self._left_alone.add(path)
            self._troubles.append(_damaged(_aside(path), str(error)))
            return
        self._unread.discard(path)
        if file.unreadable:
            self._left_alone.add(path)
            self._troubles.append(_sealed(path, file.unreadable))
        if rows:
            log.warning("%d entries of a desk that was ended are taken over from %s", len(rows), path.name)
            self._adopted.append(file)
            for item in rows:
                self._items[item.key], self._home[item.key] = item, file
            if all(each.state is ItemState.CLOSED for each in rows):
                self._left_alone.add(path)
        else:
            file.close(remove=True)

    def _show(self) -> None:
        known = (each for each in self._items.values() if each.state is not ItemState.CLOSED)
        self._shown = tuple(sorted(known, key=lambda each: (each.accepted_at, each.number)))

    def _tell_saved(self, saved: Saved) -> None:
        for listener in self._saved_listeners:
            listener(saved)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


def _key() -> str:
    """What an item is known by, here and in the database."""
    return str(uuid.uuid4())


def _aside(path: Path) -> Path:
    try:
        return set_aside(path)
    except OSError as error:
        log.error("the damaged outbox file could not be moved: %s", error)
        return path


def _damaged(where: Path, why: str) -> Unavailable:
    return Unavailable(
        f"A file of entries kept on this computer was damaged and set aside ({why}).",
        "Entries in it that had not reached the database may be missing from the log; new ones are kept safely.",
        f"Look into the log for gaps, and keep {where} for the administrator.",
    )


def _not_now(path: Path, error: Exception) -> Unavailable:
    return Unavailable(
        f"Entries kept on this computer cannot be read now: {error}.",
        "They are not in the database yet; they are tried again until they are.",
        f"Make room on the disk, or make {path.parent} readable and writable.",
    )


def _sealed(path: Path, count: int) -> Unavailable:
    return Unavailable(
        f"{count} entries kept on this computer cannot be opened: "
        "the site key does not fit, or another version wrote them.",
        "They are not in the database yet and were left as they are.",
        f"Put back the site key that sealed {path}, then start the desk again.",
    )


def _why(error: Exception) -> str:
    return error.what if isinstance(error, ControlRoomError) else f"{error}."


def _remedy(error: Exception) -> str:
    if isinstance(error, ControlRoomError) and error.remedy:
        return error.remedy
    return "Make room on the disk, or make its folder writable, then try again."
