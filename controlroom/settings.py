"""Declares every setting once: name, type, default, meaning, allowed values, and who may change it.

A value comes from the first of these that names it:
    the environment      CONTROLROOM_REVIEW_DUE_DAY=60, for one start
    settings.toml        in the data folder: this computer's own, written by whoever looks after it
    the room             chosen by an administrator on the settings page, shared by every desk (`configuration`)
    the default          below
A person's own settings (theme, text size) take precedence over all of these, for that person at that desk.
"""

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from controlroom.errors import InvalidInput

ENVIRONMENT_PREFIX = "CONTROLROOM_"
FILE_NAME = "settings.toml"
LONGEST_TEXT = 200  # characters of a setting that is text


class Scope(StrEnum):
    """Who may change a setting."""

    COMPUTER = "the file or the environment, for one computer"
    ROOM = "an administrator on the settings page, for every desk"
    PERSON = "each person, for themselves at one desk"


class Source(StrEnum):
    """Where a value in force comes from."""

    DEFAULT = "default"
    ROOM = "set for the room"
    FILE = "settings.toml"
    ENVIRONMENT = "environment"
    PERSON = "your own"


class When(StrEnum):
    """When a change takes effect."""

    AT_ONCE = "at once"
    NEXT_START = "after the next start"


@dataclass(frozen=True)
class Setting:
    """The declaration of one setting. `low` and `high` are inclusive; `choices` are all there are, if any."""

    name: str
    kind: type
    default: Any
    meaning: str
    group: str
    scope: Scope
    when: When
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    may_be_empty: bool = False

    @property
    def title(self) -> str:
        """The name that pages show, such as `Review due day`."""
        words = self.name.replace("_", " ")
        for short in ("jag", "dpia"):
            words = words.replace(short, short.upper())
        return words[:1].upper() + words[1:]

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return ENVIRONMENT_PREFIX + self.name.upper()

    @property
    def allowed(self) -> str:
        """Describe the allowed values in words."""
        if self.choices:
            return " or ".join(self.choices)
        if self.kind is bool:
            return "yes or no"
        if self.kind is str:
            return f"text, up to {LONGEST_TEXT} characters"
        kind = "a whole number" if self.kind is int else "a number"
        if self.low is None and self.high is None:
            return kind
        return f"{kind} from {_plain(self.low)} to {_plain(self.high)}"

    def words(self, value: Any) -> str:
        """Return a value as a person reads it."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        shown = _plain(value) if isinstance(value, float) else str(value) or "(empty)"
        return f"{shown} {self.unit}".strip()

    def check(self, value: Any) -> Any:
        """Return `value` in the setting's own type; raises InvalidInput saying what is allowed."""
        made = self._typed(value)
        wrong = (
            (self.choices and made not in self.choices)
            or (
                isinstance(made, str)
                and (not (made.strip() or self.may_be_empty) or len(made) > LONGEST_TEXT)
            )
            or (isinstance(made, str) and any(ord(letter) < 32 for letter in made))
            or (not isinstance(made, str) and self.low is not None and made < self.low)
            or (not isinstance(made, str) and self.high is not None and made > self.high)
            or (isinstance(made, float) and not math.isfinite(made))
        )
        if wrong:
            raise self._refusal(value)
        return made

    def _typed(self, value: Any) -> Any:
        try:
            if self.kind is bool:
                words = {"true": True, "yes": True, "false": False, "no": False}
                return value if isinstance(value, bool) else words[str(value).lower()]
            if isinstance(value, bool) or (self.kind is int and isinstance(value, float) and value % 1):
                raise self._refusal(value)
            return self.kind(value)
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise self._refusal(value) from error

    def _refusal(self, value: Any) -> InvalidInput:
        return InvalidInput(f"The setting '{self.name}' cannot be {value!r}.", remedy=f"Use {self.allowed}.")


def _plain(number: float | None) -> str:
    return "any" if number is None else f"{number:g}"


def _setting(
    default: Any,
    meaning: str,
    *,
    group: str = "The room",
    scope: Scope = Scope.ROOM,
    when: When = When.NEXT_START,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    unit: str = "",
    may_be_empty: bool = False,
) -> Any:
    facts = {
        "meaning": meaning,
        "group": group,
        "scope": scope,
        "when": when,
        "low": low,
        "high": high,
        "choices": choices,
        "unit": unit,
        "may_be_empty": may_be_empty,
    }
    return field(default=default, metadata=facts)


_NOW, _MINE, _HERE = When.AT_ONCE, Scope.PERSON, Scope.COMPUTER
_RAPID, _LOG, _LOOK, _MACHINE = "Rapid deployment", "Log and incidents", "Looks", "This computer"
_CARE = "Care of the data"
_ACCOUNTS = "Accounts and locking"


@dataclass(frozen=True)
class Settings:
    """What a site may choose. Figures in rules come from the domain notes and can be changed here."""

    site_name: str = _setting("Control room", "the name in the window's title and on the sign-in page")
    jag_name: str = _setting("Joint Agency Group", "what JAG stands for here; elsewhere Joint Action Group")
    theme: str = _setting(
        "dark",
        "dark for the room, light for offices",
        group=_LOOK,
        scope=_MINE,
        when=_NOW,
        choices=("dark", "light"),
    )
    text_scale: float = _setting(
        1.0, "how large text is; 1 is 14 pixels", group=_LOOK, scope=_MINE, when=_NOW, low=0.9, high=1.5
    )
    alarm_sound: bool = _setting(
        False, "a sound with each alarm, beside what is shown", group=_LOOK, scope=_MINE, when=_NOW
    )
    media_workers: int = _setting(
        1,
        "processes that decode pictures; one carries 104 sub-streams on two cores",
        group=_MACHINE,
        scope=_HERE,
        low=1,
        high=16,
    )
    log_megabytes: int = _setting(
        10,
        "room on the disk for the log files of each process",
        group=_MACHINE,
        scope=_HERE,
        low=1,
        high=1000,
        unit="MB",
    )
    recorder: str = _setting(
        "start",
        "whether a desk starts the recorder when none runs; off where it is a service or on a server",
        group=_MACHINE,
        scope=_HERE,
        choices=("start", "off"),
    )
    recorder_folder: str = _setting(
        "recorder",
        "where the recorder keeps what it stores: a folder, inside the data folder unless it begins with /",
        group=_MACHINE,
        scope=_HERE,
    )
    recorder_listen: str = _setting(
        "127.0.0.1:0",
        "where the recorder listens for desks, host:port; port 0 lets the system choose",
        group=_MACHINE,
        scope=_HERE,
    )
    recorder_contact: str = _setting(
        "contact.json",
        "the file that tells a desk how to reach the recorder; a copied one for a recorder on a server",
        group=_MACHINE,
        scope=_HERE,
    )
    recorder_after_close: str = _setting(
        "ask",
        "what becomes of the recorder when the last desk closes",
        group=_MACHINE,
        scope=_HERE,
        choices=("ask", "goes on", "ends"),
    )
    camera_look_s: float = _setting(
        60.0,
        "how often the recorder looks whether a camera is there",
        group=_MACHINE,
        scope=_HERE,
        low=5,
        high=3600,
        unit="s",
    )
    clock_step_s: float = _setting(
        5.0,
        "a jump of this computer's clock by so much is told to the room and entered in the audit trail",
        group=_MACHINE,
        scope=_HERE,
        low=1,
        high=3600,
        unit="s",
    )
    remembered_days: int = _setting(
        7,
        "so long a desk lets people who signed in at it sit down again while the database is away",
        group=_MACHINE,
        low=0,
        high=90,
        unit="days",
    )
    review_due_day: int = _setting(
        60, "day of a deployment on which its review is due", group=_RAPID, low=1, high=365
    )
    review_days_before_jag: int = _setting(
        14,
        "days before the last JAG of a deployment by which it is reviewed",
        group=_RAPID,
        low=0,
        high=90,
        unit="days",
    )
    deployment_months: int = _setting(
        3, "calendar months of one deployment period", group=_RAPID, low=1, high=24, unit="months"
    )
    late_entry_minutes: int = _setting(
        15,
        "a log entry written this long after the event is marked late",
        group=_LOG,
        when=_NOW,
        low=1,
        high=1440,
        unit="minutes",
    )
    text_retention_months: int = _setting(
        72,
        "personal text and pictures may be purged this long after they were written",
        group=_CARE,
        when=_NOW,
        low=1,
        high=600,
        unit="months",
    )
    purge_answer_days: int = _setting(
        14, "a purge nobody approves lapses after this", group=_CARE, when=_NOW, low=1, high=90, unit="days"
    )
    backups_daily: int = _setting(7, "newest daily backups that are kept", group=_CARE, low=1, high=366)
    backups_weekly: int = _setting(4, "weekly backups kept beyond these", group=_CARE, low=0, high=520)
    backups_monthly: int = _setting(12, "monthly backups kept beyond these", group=_CARE, low=0, high=600)
    backup_folder: str = _setting(
        "backups", "where backups go; a bare name lies in the data folder", group=_MACHINE, scope=_HERE
    )
    audit_key_file: str = _setting(
        "audit-signing.key",
        "the key that signs the audit trail; a bare name lies in the data folder",
        group=_MACHINE,
        scope=_HERE,
    )
    audit_heads_file: str = _setting(
        "audit-heads.jsonl",
        "the file of signed heads, better on another disk; a bare name lies in the data folder",
        group=_MACHINE,
        scope=_HERE,
    )
    lockout_wrong_passwords: int = _setting(
        5,
        "wrong passwords for one name at one desk before that name is locked there",
        group=_ACCOUNTS,
        when=_NOW,
        low=3,
        high=20,
    )
    lockout_within_minutes: int = _setting(
        15,
        "the time within which wrong passwords count together",
        group=_ACCOUNTS,
        when=_NOW,
        low=1,
        high=240,
        unit="minutes",
    )
    lockout_minutes: int = _setting(
        15,
        "the longest a name stays locked; the first lock lasts a minute, each further one twice as long",
        group=_ACCOUNTS,
        when=_NOW,
        low=1,
        high=60,
        unit="minutes",
    )
    one_time_password_hours: int = _setting(
        72,
        "how long a one-time password can be used",
        group=_ACCOUNTS,
        when=_NOW,
        low=1,
        high=336,
        unit="hours",
    )
    lock_after_idle_minutes: int = _setting(
        15,
        "a desk nobody touches is locked after this; 0 is never",
        group=_ACCOUNTS,
        when=_NOW,
        low=0,
        high=480,
        unit="minutes",
    )
    lock_shows_wall: bool = _setting(
        True,
        "the wall stays visible while the desk is locked; everything else is covered",
        group=_ACCOUNTS,
        when=_NOW,
    )


SETTINGS: dict[str, Setting] = {
    each.name: Setting(each.name, type(each.default), each.default, **each.metadata)
    for each in fields(Settings)
}
"""Every setting by name, in the order of declaration."""


@dataclass(frozen=True)
class Resolved:
    """The settings in force, and where each value comes from."""

    settings: Settings
    sources: Mapping[str, Source]

    def value(self, name: str) -> Any:
        """The value in force."""
        return getattr(self.settings, name)

    def source(self, name: str) -> Source:
        """Where it comes from."""
        return self.sources.get(name, Source.DEFAULT)


def load(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of a data folder without the room's own. Raises InvalidInput naming what cannot be used."""
    return resolve(folder, environment).settings


def resolve(
    folder: Path, environment: Mapping[str, str] = os.environ, room: Mapping[str, Any] | None = None
) -> Resolved:
    """Combine the settings with their sources.

    `room` holds what was chosen on the settings page (checked already).
    """
    values: dict[str, Any] = dict(room or {})
    sources = dict.fromkeys(values, Source.ROOM)
    from_file = _read_file(folder / FILE_NAME)
    values |= from_file
    sources |= dict.fromkeys(from_file, Source.FILE)
    for name, spec in SETTINGS.items():
        if (given := environment.get(spec.variable)) is not None:
            values[name] = spec.check(given)
            sources[name] = Source.ENVIRONMENT
    return Resolved(Settings(**values), sources)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{path} cannot be read: {error}.",
            "It was left as it is.",
            "Mend the line it names, or take the file away to start with what was set on the settings page.",
        ) from error
    for name in given:
        if name not in SETTINGS:
            raise InvalidInput(
                f"There is no setting named '{name}' (in {path}).",
                remedy=f"Known: {', '.join(sorted(SETTINGS))}.",
            )
    return {name: SETTINGS[name].check(value) for name, value in given.items()}
