"""Describes people as the program sees them: by handle and roles, never by a real name."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from controlroom.errors import PermissionRefused
from controlroom.texts import AsTyped


class Role(StrEnum):
    """The five roles of the room."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class User:
    """An account. `handle` ("Operator 07") is what logs, audit and screens show."""

    id: int
    login: str
    handle: str
    roles: frozenset[Role]
    active: bool = True


class AccountState(StrEnum):
    """Whether an account can be signed in to now."""

    ACTIVE = "active"
    ONE_TIME = "new password due"  # a one-time password was given and not changed yet
    LOCKED = "locked"  # too many wrong passwords, at one desk or at all
    ENDED = "ended"  # its last day is past
    OFF = "off"


@dataclass(frozen=True)
class Account:
    """An account as those who look after accounts see it."""

    user: User
    state: AccountState
    created_at: datetime
    last_sign_in_at: datetime | None = None
    last_desk: str = ""
    expires_on: date | None = None  # the last day it works, in London
    one_time_until: datetime | None = None
    locked_until: datetime | None = None
    locked_at: tuple[str, ...] = ()  # desks; empty while locked everywhere
    off_since: datetime | None = None
    off_reason: str = ""

    @property
    def id(self) -> int:
        return self.user.id


@dataclass(frozen=True)
class NewAccount:
    """What is asked for a new account; its password is a one-time one, made by the program."""

    login: AsTyped
    handle: AsTyped
    roles: frozenset[Role]
    expires_on: date | None = None


@dataclass(frozen=True)
class OneTimePassword:
    """A password to hand over once; `repr` and logs never show it."""

    handle: str
    login: str
    password: str = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class Actor:
    """The person acting, passed to every use case. Permissions are read afresh from the database each time.

    `epoch` is the account's at sign-in: once the password is changed or reset, an older one is refused.
    """

    user_id: int
    handle: str
    roles: frozenset[Role]
    epoch: int = field(default=0, compare=False)
    login: str = field(default="", compare=False)


class PasswordDue(PermissionRefused):
    """The one-time password was right; a password of one's own has to be chosen before anything else."""
