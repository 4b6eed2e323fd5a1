"""People as the program sees them: a handle and roles, never a real name."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True)
class Actor:
    """Who is acting: handed to every use case. Permissions are read afresh from the database each time."""

    user_id: int
    handle: str
    roles: frozenset[Role]
