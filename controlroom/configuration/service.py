"""Holds the use cases of settings: what is in force and why, and changing what may be changed.

The room's own settings are in the database, so that every desk has the same ones, a change is one transaction with
its audit entry, and a backup holds them. This computer's `settings.toml` and environment take precedence: a value
that prevents a desk from working can be corrected without the desk.
"""

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.changes import Change
from controlroom.codec import from_json
from controlroom.configuration.personal import PersonalSettings
from controlroom.configuration.records import SettingLine
from controlroom.configuration.tables import SiteSettingRow
from controlroom.database.unit_of_work import Database
from controlroom.errors import ControlRoomError, DatabaseAway, InvalidInput, RuleBroken
from controlroom.platform import owner_only, write_private
from controlroom.settings import (
    SETTINGS,
    Resolved,
    Scope,
    Setting,
    Settings,
    SettingSource,
    When,
    resolve,
    usable,
)
from controlroom.small_files import read_json
from controlroom.texts import takes_texts

log = logging.getLogger(__name__)
CHANGED = "setting"  # the kind of news a change is


@takes_texts
class SettingsService:
    """The settings of one desk. `started` are those it started with; `resolved` those chosen now."""

    def __init__(self, database: Database, folder: Path, environment: Mapping[str, str] = os.environ) -> None:
        """Reads everything; raises InvalidInput when the file or the environment cannot be used."""
        self._database, self._folder, self._environment = database, folder, dict(environment)
        self._lock = threading.Lock()
        self._listeners: list[Callable[[Settings], None]] = []
        self.personal = PersonalSettings(folder / "people")
        self.started = self.resolved = self._resolve()
        self._leave = database.changes.listen(self._take_news)

    @property
    def now(self) -> Settings:
        """Return the values chosen now, including those that take effect at the next start."""
        return self.resolved.settings

    def listen(self, listener: Callable[[Settings], None]) -> None:
        """Call `listener` with the settings now and after every change, on the thread that made it."""
        self._listeners.append(listener)
        listener(self.now)

    def lines(self, actor: Actor | None = None) -> list[SettingLine]:
        """List every setting with its value and source; this person's own where `actor` is given."""
        own = self.personal.of(actor.user_id) if actor is not None else {}
        return [self._line(spec, own) for spec in SETTINGS.values()]

    def for_person(self, actor: Actor) -> dict[str, Any]:
        """Return the personal settings in force for someone, by name."""
        return {line.name: line.chosen for line in self.lines(actor) if line.spec.scope is Scope.PERSON}

    def change(self, actor: Actor, name: str, value: Any) -> None:
        """Choose a value, None for the one without a choice of the room (or the person).

        Raises InvalidInput, PermissionRefused, or RuleBroken where this computer's file decides.
        """
        spec = _spec(name)
        if spec.scope is Scope.PERSON:
            self.personal.choose(actor.user_id, name, value)
            return
        self._refuse_bound(spec)
        self._write(actor, spec, None if value is None else spec.check(value))

    def reset(self, actor: Actor, name: str) -> None:
        """Return a setting to its value without a choice of the room (or the person)."""
        self.change(actor, name, None)

    def reload(self) -> None:
        """Read everything again; a file that became unusable changes nothing and is logged."""
        try:
            resolved = self._resolve()
        except ControlRoomError as error:
            log.warning("the settings stay as they are: %s", error)
            return
        with self._lock:
            before, self.resolved = self.resolved, resolved
        if before.settings != resolved.settings:
            for listener in list(self._listeners):
                listener(resolved.settings)

    def close(self) -> None:
        self._leave()

    def _resolve(self) -> Resolved:
        return resolve(self._folder, self._environment, self._read_room())

    def _read_room(self) -> dict[str, Any]:
        last_known = self._folder / "remembered" / "room-settings.json"
        try:
            with self._database.read() as session:
                rows = {row.name: row.value for row in session.scalars(select(SiteSettingRow))}
        except DatabaseAway:
            rows = _recall(last_known)  # as they were when the database last answered
        else:
            _remember(last_known, rows)
        return usable(rows, Scope.ROOM, "the room's settings", lambda text: from_json(object, text))

    def _write(self, actor: Actor, spec: Setting, value: Any) -> None:
        with self._database.write() as work:
            require(work.session, actor, Permission.CHANGE_SETTINGS)
            row = work.session.get(SiteSettingRow, spec.name)
            before = spec.default if row is None else _chosen(row.value)
            after = spec.default if value is None else value
            if before == after:
                return
            if value is None and row is not None:
                work.session.delete(row)
            elif row is None:
                row = SiteSettingRow(name=spec.name)
                work.session.add(row)
            if value is not None and row is not None:
                row.value, row.changed_at, row.changed_by = json.dumps(value), work.now, actor.handle
            audit.record(
                work, actor.handle, "setting.changed", "setting", spec.name, before=before, after=after
            )
            work.announce(CHANGED, spec.name)

    def _take_news(self, change: Change) -> None:
        if change.kind == CHANGED:
            self.reload()

    def _refuse_bound(self, spec: Setting) -> None:
        if spec.scope is Scope.COMPUTER:
            raise RuleBroken(
                f"'{spec.title}' belongs to one computer.",
                remedy=f"Write `{spec.name} = …` into {self._folder / 'settings.toml'} there.",
            )
        source = self.resolved.source(spec.name)
        if source in (SettingSource.FILE, SettingSource.ENVIRONMENT):
            raise RuleBroken(
                f"'{spec.title}' is set by this computer's {source.value}, which goes before the page.",
                remedy="Change it there, or take it out there and set it here.",
            )

    def _line(self, spec: Setting, own: Mapping[str, Any]) -> SettingLine:
        if spec.name in own:
            return SettingLine(spec, own[spec.name], SettingSource.PERSON)
        started, now = self.started.value(spec.name), self.resolved.value(spec.name)
        source = self.resolved.source(spec.name)
        if spec.when is When.AT_ONCE or spec.scope is Scope.PERSON or started == now:
            return SettingLine(spec, now, source)
        return SettingLine(spec, started, source, waiting=now)


def _spec(name: str) -> Setting:
    if name not in SETTINGS:
        raise InvalidInput(f"There is no setting named '{name}'.")
    return SETTINGS[name]


def _chosen(value: str) -> Any:
    """Return a stored value of the room; None if it cannot be read, so that any choice counts as a change."""
    try:
        return from_json(object, value)
    except ValueError:
        return None


def _remember(path: Path, rows: dict[str, str]) -> None:
    try:
        write_private(path, json.dumps(rows).encode())
        owner_only(path.parent)
    except OSError as error:
        log.warning("the room's settings could not be remembered for a time without database: %s", error)


def _recall(path: Path) -> dict[str, str]:
    try:
        return read_json(path, dict[str, str])
    except (OSError, ValueError):
        return {}
