"""One person of each role with a login of their own on the server, the desk's and the recorder's: as psql sees them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import psycopg

from controlroom.accounts.records import Actor, Role
from controlroom.accounts.service import AccountService
from controlroom.database.opening import open_database
from controlroom.database.people import people_of
from controlroom.database.server import new_secret
from controlroom.database.unit_of_work import Database
from controlroom.nouns import NOUNS
from tests import engines
from tests.builders import FRIDAY_NIGHT, PASSWORD
from tests.clock import SetClock

HANDLES = {
    Role.OPERATOR: "Operator 07",
    Role.SUPERVISOR: "Supervisor 02",
    Role.COORDINATOR: "JAG coordinator",
    Role.ADMINISTRATOR: "Administrator 05",
    Role.AUDITOR: "Auditor",
}
PROCESSES = ("desk", "recorder")
SECRETS: dict[str, str] = {}


def secret_of(login: str) -> str:
    """The desk's or recorder's secret on this process's server; made once, since roles belong to the server."""
    if login not in SECRETS:
        SECRETS[login] = new_secret(engines.need_postgresql().url(engines.TEMPLATE), login)
    return SECRETS[login]


@dataclass
class People:
    """A room on a server whose people have logins; `chief` is the administrator who made them."""

    folder: Path
    database: Database
    accounts: AccountService
    clock: SetClock
    chief: Actor
    handles: dict[str, str] = field(default_factory=dict)

    def in_copy_of(self, database: Path | str, folder: Path) -> "People":
        """The same people in a copy of that database; roles belong to the server, so they are put as they were."""
        engines.copy_of(database, folder)
        copied = replace(self, folder=folder, database=_opened(folder, self.clock))
        with copied.administrator() as connection:
            for login in (*(role.value for role in HANDLES), "chief"):
                verifier = scram_of(engines.ROOM.person(login))
                connection.execute("SELECT controlroom_put_person(%s, %s)", (login, verifier))
        return copied

    def url(self, login: str) -> str:
        """The address of the room for a person, the desk or the recorder."""
        if login in PROCESSES:
            return engines.url_as(self.folder, engines.ROOM.of(login), secret_of(login))
        return engines.url_as(self.folder, engines.ROOM.person(login), PASSWORD)

    @contextlib.contextmanager
    def line(self, login: str) -> Iterator[psycopg.Connection]:
        """A plain connection, past the program."""
        user, password = (
            (engines.ROOM.of(login), secret_of(login))
            if login in PROCESSES
            else (engines.ROOM.person(login), PASSWORD)
        )
        name = engines._Now.databases[self.folder]
        connection = engines.need_postgresql().connect(name, user=user, password=password)
        with contextlib.closing(connection):
            yield connection

    @contextlib.contextmanager
    def administrator(self) -> Iterator[psycopg.Connection]:
        """A plain connection of the server's administrator."""
        name = engines._Now.databases[self.folder]
        with contextlib.closing(engines.need_postgresql().connect(name)) as connection:
            yield connection


def _opened(folder: Path, clock: SetClock) -> Database:
    database = open_database(engines.administrators_url(folder), clock, NOUNS)
    engines.OPENED.append(database)
    return database


@cache
def scram_of(role: str) -> str:
    """The verifier of everybody's password for that role."""
    with contextlib.closing(engines.need_postgresql().connect()) as connection:
        return connection.pgconn.encrypt_password(PASSWORD.encode(), role.encode(), b"scram-sha-256").decode()


def make_people(folder: Path) -> People:
    """The room as its administrator first makes it, and then one person of each role, signing in by its name."""
    clock = SetClock(FRIDAY_NIGHT)
    database = _opened(folder, clock)
    accounts = AccountService(database, people_of(database))
    chief = accounts.add_first("chief", "Administrator", PASSWORD)
    for role, handle in HANDLES.items():
        accounts.add(chief, role.value, handle, PASSWORD, {role})
    handles = {role.value: handle for role, handle in HANDLES.items()}
    return People(folder, database, accounts, clock, chief, handles | {"recorder": "Control Room"})
