"""Declares every setting once: name, type, default, meaning, allowed values, and who may change it.

A value comes from the first of these that names it:
    the environment      CONTROLROOM_REVIEW_DUE_DAY=60, for one start
    settings.toml        in the data folder: this computer's own, written by whoever looks after it
    the room             chosen by an administrator on the settings page, shared by every desk (`configuration`)
    the default          below
A person's own settings (theme, text size) take precedence over all of these, for that person at that desk.
"""

import logging
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from controlroom.errors import InvalidInput
from controlroom.small_files import read_toml

log = logging.getLogger(__name__)
ENVIRONMENT_PREFIX = "CONTROLROOM_"
FILE_NAME = "settings.toml"
LONGEST_TEXT = 200  # characters of a setting that is text


class Scope(StrEnum):
    """Who may change a setting."""

    COMPUTER = "the file or the environment, for one computer"
    ROOM = "an administrator on the settings page, for every desk"
    PERSON = "each person, for themselves at one desk"


class SettingSource(StrEnum):
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
        shown = _plain(value) if isinstance(value, float) else str(value)
        return f"{shown} {self.unit}".strip()

    def check(self, value: Any) -> Any:
        """Return `value` in the setting's own type; raises InvalidInput saying what is allowed."""
        made = self._typed(value)
        wrong = self.choices and made not in self.choices
        if isinstance(made, str):
            wrong = wrong or not made.strip() or len(made) > LONGEST_TEXT or min(map(ord, made)) < 32
        else:
            low = made if self.low is None else self.low
            high = made if self.high is None else self.high
            wrong = wrong or not low <= made <= high or not math.isfinite(made)
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
) -> Any:
    spec = Setting("", type(default), default, meaning, group, scope, when, low, high, choices, unit)
    return field(default=default, metadata={"spec": spec})


_look = partial(_setting, group="Looks", scope=Scope.PERSON, when=When.AT_ONCE)
_here = partial(_setting, group="This computer", scope=Scope.COMPUTER)
_hold = partial(_setting, group="Steering cameras", when=When.AT_ONCE)
_rapid = partial(_setting, group="Rapid deployment")
_care = partial(_setting, group="Care of the data")
_account = partial(_setting, group="Accounts and locking", when=When.AT_ONCE)


@dataclass(frozen=True)
class Settings:
    """What a site may choose. Figures in rules come from the domain notes and can be changed here."""

    site_name: str = _setting("Control room", "the name in the window's title and on the sign-in page")
    jag_name: str = _setting("Joint Agency Group", "what JAG stands for here; elsewhere Joint Action Group")
    theme: str = _look("dark", "dark for the room, light for offices", choices=("dark", "light"))
    text_scale: float = _look(1.0, "how large text is; 1 is 14 pixels", low=0.9, high=1.5)
    alarm_sound: bool = _look(False, "a sound with each alarm, beside what is shown")
    media_workers: int = _here(
        1, "processes that decode pictures; one carries 104 sub-streams on two cores", low=1, high=16
    )
    log_megabytes: int = _here(
        10, "room on the disk for the log files of each process", low=1, high=1000, unit="MB"
    )
    recorder: str = _here(
        "start",
        "whether a desk starts the recorder when none runs; off where it is a service or on a server",
        choices=("start", "off"),
    )
    recorder_folder: str = _here(
        "recorder",
        "where the recorder keeps what it stores: a folder, inside the data folder unless it begins with /",
    )
    recorder_listen: str = _here(
        "127.0.0.1:0", "where the recorder listens for desks, host:port; port 0 lets the system choose"
    )
    recorder_contact: str = _here(
        "contact.json",
        "the file that tells a desk how to reach the recorder; a copied one for a recorder on a server",
    )
    recorder_after_close: str = _here(
        "ask", "what becomes of the recorder when the last desk closes", choices=("ask", "goes on", "ends")
    )
    camera_look_s: float = _here(
        60.0, "how often the recorder looks whether a camera is there", low=5, high=3600, unit="s"
    )
    stop_refusals: int = _here(
        3,
        "so often a camera may refuse the login of Stop before it is tried only by hand and after long pauses; "
        "below what locks an account there",
        low=1,
        high=10,
    )
    clock_step_s: float = _here(
        5.0,
        "a jump of this computer's clock by so much is told to the room and entered in the audit trail",
        low=1,
        high=3600,
        unit="s",
    )
    remembered_days: int = _setting(
        7,
        "so long a desk lets people who signed in at it sit down again while the database is away",
        group="This computer",
        low=0,
        high=90,
        unit="days",
    )
    hold_idle_s: float = _hold(
        15.0, "a camera nobody has moved for this long is free for others", low=3, high=600, unit="s"
    )
    hold_answer_s: float = _hold(
        10.0,
        "so long whoever holds a camera may leave a request for it unanswered",
        low=3,
        high=120,
        unit="s",
    )
    hold_unanswered: str = _hold(
        "keeps",
        "what becomes of a camera whose holder does not answer: they keep it, or it is given to who asked",
        choices=("keeps", "gives"),
    )
    review_due_day: int = _rapid(60, "day of a deployment on which its review is due", low=1, high=365)
    review_days_before_jag: int = _rapid(
        14, "days before the last JAG of a deployment by which it is reviewed", low=0, high=90, unit="days"
    )
    deployment_months: int = _rapid(
        3, "calendar months of one deployment period", low=1, high=24, unit="months"
    )
    chair_action_days: int = _rapid(
        35, "days a chair's action stands while no meeting is held", low=1, high=180, unit="days"
    )
    late_entry_minutes: int = _setting(
        15,
        "a log entry written this long after the event is marked late",
        group="Log and incidents",
        when=When.AT_ONCE,
        low=1,
        high=1440,
        unit="minutes",
    )
    text_retention_months: int = _care(
        72,
        "personal text and pictures may be purged this long after they were written",
        when=When.AT_ONCE,
        low=1,
        high=600,
        unit="months",
    )
    purge_answer_days: int = _care(
        14, "a purge nobody approves lapses after this", when=When.AT_ONCE, low=1, high=90, unit="days"
    )
    backups_daily: int = _care(7, "newest daily backups that are kept", low=1, high=366)
    backups_weekly: int = _care(4, "weekly backups kept beyond these", low=0, high=520)
    backups_monthly: int = _care(12, "monthly backups kept beyond these", low=0, high=600)
    backup_folder: str = _here("backups", "where backups go; a bare name lies in the data folder")
    audit_key_file: str = _here(
        "audit-signing.key", "the key that signs the audit trail; a bare name lies in the data folder"
    )
    audit_heads_file: str = _here(
        "audit-heads.jsonl",
        "the file of signed heads, better on another disk; a bare name lies in the data folder",
    )
    lockout_wrong_passwords: int = _account(
        5, "wrong passwords for one name at one desk before that name is locked there", low=3, high=20
    )
    lockout_within_minutes: int = _account(
        15, "the time within which wrong passwords count together", low=1, high=240, unit="minutes"
    )
    lockout_minutes: int = _account(
        15,
        "the longest a name stays locked; the first lock lasts a minute, each further one twice as long",
        low=1,
        high=60,
        unit="minutes",
    )
    one_time_password_hours: int = _account(
        72, "how long a one-time password can be used", low=1, high=336, unit="hours"
    )
    lock_after_idle_minutes: int = _account(
        15, "a desk nobody touches is locked after this; 0 is never", low=0, high=480, unit="minutes"
    )
    lock_shows_wall: bool = _account(
        True, "the wall stays visible while the desk is locked; everything else is covered"
    )


SETTINGS = {each.name: replace(each.metadata["spec"], name=each.name) for each in fields(Settings)}
"""Every setting by name, in the order of declaration."""


@dataclass(frozen=True)
class Resolved:
    """The settings in force, and where each value comes from."""

    settings: Settings
    sources: Mapping[str, SettingSource]

    def value(self, name: str) -> Any:
        return getattr(self.settings, name)

    def source(self, name: str) -> SettingSource:
        return self.sources.get(name, SettingSource.DEFAULT)


def load(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of a data folder without the room's own. Raises InvalidInput naming what cannot be used."""
    return resolve(folder, environment).settings


def resolve(
    folder: Path, environment: Mapping[str, str] = os.environ, room: Mapping[str, Any] | None = None
) -> Resolved:
    """Combine the settings with their sources; `room` holds what was chosen on the settings page, checked."""
    values: dict[str, Any] = dict(room or {})
    sources = dict.fromkeys(values, SettingSource.ROOM)
    from_file = _read_file(folder / FILE_NAME)
    values |= from_file
    sources |= dict.fromkeys(from_file, SettingSource.FILE)
    for name, spec in SETTINGS.items():
        if (given := environment.get(spec.variable)) is not None:
            values[name] = spec.check(given)
            sources[name] = SettingSource.ENVIRONMENT
    return Resolved(Settings(**values), sources)


def usable(
    given: Mapping[str, Any], scope: Scope, whose: str, read: Callable[[Any], Any] = lambda value: value
) -> dict[str, Any]:
    """Return what can be used of stored choices: of this scope, and accepted by this version. The rest is logged."""
    chosen: dict[str, Any] = {}
    for name, value in given.items():
        spec = SETTINGS.get(name)
        if spec is not None and spec.scope is scope:
            try:
                chosen[name] = spec.check(read(value))
            except (InvalidInput, ValueError):
                log.warning("%s: %s is not a value of %s; it counts as not chosen", whose, value, name)
    return chosen


def _read_file(path: Path) -> dict[str, Any]:
    try:
        given = read_toml(path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidInput(
            f"{path} cannot be read: {reason}.",
            "It was left as it is.",
            f"Mend it, or take {path.name} away to start with what was set on the settings page.",
        ) from error
    for name in given:
        if name not in SETTINGS:
            raise InvalidInput(
                f"There is no setting named '{name}' (in {path}).",
                remedy=f"Known: {', '.join(sorted(SETTINGS))}.",
            )
    return {name: SETTINGS[name].check(value) for name, value in given.items()}
