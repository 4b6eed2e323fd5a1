"""Defines what a kind of record (a noun) declares of itself, once, in the `noun.py` of its own folder.

The declarations are plain data. Low packages read them and name no noun: triggers, grants and row security
(`database/`), hiding (`visibility/`), purge, backup and checks (`care/`), audit words, search, the palette, and the
refresh after an outage all follow from the tuple `NOUNS` that `controlroom/nouns.py` hands down.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

SELECT, INSERT, UPDATE, DELETE = "SELECT", "INSERT", "UPDATE", "DELETE"
Row = type[Any]
"""A class of rows, as SQLAlchemy maps it; this file and its readers in `ui` know nothing of SQLAlchemy itself."""


@dataclass(frozen=True)
class Grant:
    """What a group of database roles may do to a table; to these columns only where some are named."""

    group: str
    verbs: tuple[str, ...]
    columns: tuple[str, ...] = ()


ROOM_ROLES = ("operators", "supervisors", "coordinators", "administrators", "auditors")
"""The groups of database roles: one for each role in the room."""
READ = (Grant("readers", (SELECT,)),)
"""Everybody who signs in may read it."""


def allow(groups: str, *verbs: str, columns: Sequence[str] = ()) -> tuple[Grant, ...]:
    """Let each of these groups (`"operators supervisors"`) do `verbs`, to these columns only where some are named."""
    return tuple(Grant(group, verbs, tuple(columns)) for group in groups.split())


def records(groups: str, *verbs: str) -> tuple[Grant, ...]:
    """The grants of an ordinary table: everybody who signs in reads it, these groups do `verbs`."""
    return READ + allow(groups, *verbs)


def all_but(row: Row, *columns: str) -> tuple[str, ...]:
    """The columns of a table without these, which nobody changes."""
    return tuple(each.name for each in row.__table__.columns if each.name not in columns)


@dataclass(frozen=True)
class RowPolicy:
    """A rule of row security on a PostgreSQL server; for everybody where no group is named."""

    name: str
    rule: str
    group: str = ""


@dataclass(frozen=True)
class Road:
    """The states of a record, in the column `state`: it begins in `first`; `arrows` lead from each to what may follow.

    `told_whole`: whoever sets up a room may write records that have gone along it already (`database/bulk.py`).
    """

    first: str
    arrows: Mapping[Any, Collection[str]]
    told_whole: bool = False


@dataclass(frozen=True)
class Table:
    """A table of a noun. A role that no grant names cannot touch it.

    `refuses`: UPDATE and DELETE, where triggers refuse them whoever asks. `keys` are the unique keys of such a table:
    SQLite's INSERT OR REPLACE would remove a row by them without firing the DELETE trigger. `replace_names` are the
    names of those triggers where a migration gave others than `no_replace_1`, `no_replace_2`, …. `triggers` are
    further ones, by name, of both engines; `sqlite_triggers` and `server_triggers` of one. `by` are the columns that
    name who did it: on a server a trigger refuses the name of anybody but the person who is connected.

    `digested`: the audit carries a digest of each row as it was last written, without the columns `undigested`, so
    that its verification names what was changed past the program. `called` is one row in plain words, with names of
    columns in braces. `written` is the column that says when a row was written: verification compares it with the
    audit entry that wrote the row. `uncovered` says why the rows of a table have no digest, where they have none.
    `road` are the states of a record; triggers hold it to them (`database/roads.py`).
    """

    row: Row
    grants: tuple[Grant, ...]
    refuses: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    replace_names: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    sqlite_triggers: tuple[str, ...] = ()
    server_triggers: tuple[str, ...] = ()
    policies: tuple[RowPolicy, ...] = ()
    by: tuple[str, ...] = ()
    digested: bool = False
    undigested: tuple[str, ...] = ()
    called: str = ""
    written: str = ""
    uncovered: str = ""
    road: Road | None = None

    @property
    def name(self) -> str:
        """Its name in the database."""
        return self.row.__tablename__


def grows(
    row: Row, grants: tuple[Grant, ...], *keys: str, replace_names: tuple[str, ...] = (), **more: Any
) -> Table:
    """Declare a table that may only grow: its rows are added, and never again changed or removed.

    They have digests, unless `uncovered` says why not.
    """
    digested = "uncovered" not in more
    return Table(row, grants, (UPDATE, DELETE), keys, replace_names, **{"digested": digested, **more})


@dataclass(frozen=True)
class Reference:
    """The human references of a noun (`INC-2026-00412`) and the column that holds them."""

    prefix: str
    row: Row
    column: str = "reference"


@dataclass(frozen=True)
class PersonalText:
    """Rows of personal text that a dual-controlled purge may remove, and no one else.

    `due(cutoff, spared)` gives queries for the primary keys of rows from before that moment, without those of records
    whose keys a query of `spared` gives. `name` is what a purge counts them under, `words` how that is said. `covered`
    is the same condition in SQL over `OLD` and `purge`, which the table's triggers hold to; only a table whose
    triggers are still to be made needs it here.
    """

    name: str
    words: str
    row: Row
    due: Callable[[datetime, Sequence[Any]], Sequence[Any]]
    covered: str = ""


@dataclass(frozen=True)
class PersonalFiles:
    """Files that go with such text: `due` gives a query for their paths in the store of pictures."""

    name: str
    words: str
    due: Callable[[datetime, Sequence[Any]], Any]


@dataclass(frozen=True)
class Spares:
    """Records of `kind` that a purge leaves alone on behalf of another noun: `keys(cutoff)` is a query for them."""

    kind: str
    keys: Callable[[datetime], Any]


@dataclass(frozen=True)
class Through:
    """A table that links other rows to the restricted record: `other` is their key in it, `record` the record's.

    It links a row to one record at most, and only grows: a mark beside the row holds that record's key on a server.
    """

    row: Row
    other: str
    record: str


@dataclass(frozen=True)
class Follows:
    """Rows hidden with a restricted record: `column` holds its key, or one that leads to it `through` a link.

    A row whose column is empty belongs to no restricted record and stays to be seen.
    """

    row: Row
    column: str
    through: Through | None = None


@dataclass(frozen=True)
class Mention:
    """Audit entries or news about a restricted record: of this `kind`, named by `subject`.

    `record` is the column that holds the record's key.
    """

    kind: str
    row: Row
    subject: str
    record: str


@dataclass(frozen=True)
class RestrictionRule:
    """How a noun is restricted to named people: the table of restrictions, that of readers, and what is hidden too.

    `mentions` are the audit entries about it, `news` what desks tell each other of it (of a number, not a reference).
    Both tables hold the record's key, an integer, in the column `key`; restrictions `reason`, `restricted_by` and
    `restricted_at` beside it, readers `user_id`. The row security of a PostgreSQL server is made at each upgrade.
    """

    restrictions: Row
    readers: Row
    key: str
    follows: tuple[Follows, ...]
    mentions: tuple[Mention, ...]
    news: tuple[Mention, ...] = ()


@dataclass(frozen=True)
class Found:
    """A record that search found: what the palette shows of it. `kind` and `key` open it on its page."""

    kind: str
    key: str
    reference: str
    title: str
    detail: str
    icon: str


@dataclass(frozen=True)
class NounSearch:
    """How a noun is found: the permission its readers have, and a query for the newest `limit` that have all words."""

    permission: str
    find: Callable[[Any, str, int], Sequence[Found]]


@dataclass(frozen=True)
class Check:
    """What `controlroom db check` looks at: in a session and the data folder; gives faults, and what to say if none."""

    what: str
    look: Callable[[Any, Path], tuple[list[str], str]]


@dataclass(frozen=True)
class Stay:
    """Where a camera that moves hung, in days of London; `last` is the day it came down, None while it hangs."""

    street: str
    ward: str
    first: date
    last: date | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Proof:
    """What `controlroom audit verify` looks at beside the chain, in a session; gives faults, and notes."""

    what: str
    look: Callable[[Any], tuple[list[str], list[str]]]


@dataclass(frozen=True)
class Noun:
    """One kind of record. `kind` is its name in audit entries and changes, `words` what people call it, in the plural.

    `changes` are the kinds of change its services announce; all of them are announced after an outage. `actions` says
    of each audit action what was done, in plain words; `audit_group` is the chip of the audit page that shows them.
    `under_way(cutoff)` is a query for the audit subjects of records that are open or were touched since, whose texts
    no purge takes. `stays` gives by camera id where cameras that move hung, all of them or the one asked for.
    `upgraded(session, nouns, now)` is done in the transaction that brings a database up to date.
    `confirms(session)` gives the audit entries that began a key and that somebody entitled has confirmed, and who.
    `excuses(session)` gives the audit entries that somebody entitled has confirmed as they stand, whatever is wrong.
    `entered_by` are the actions that change who is believed: on a server their entries are taken from these groups of
    roles alone, and from nobody but the owner where none is named.
    `functions` writes functions of a PostgreSQL server's owner from what all nouns declare; they are made at each
    upgrade, and `database/roles.py` says who may call them.
    """

    kind: str
    words: str
    tables: tuple[Table, ...] = ()
    references: tuple[Reference, ...] = ()
    changes: tuple[str, ...] = ()
    actions: Mapping[str, str] = field(default_factory=dict)
    entered_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audit_group: str = ""
    texts: tuple[PersonalText, ...] = ()
    files: tuple[PersonalFiles, ...] = ()
    spares: tuple[Spares, ...] = ()
    under_way: Callable[[datetime], Any] | None = None
    restriction: RestrictionRule | None = None
    search: NounSearch | None = None
    checks: tuple[Check, ...] = ()
    functions: Callable[["Nouns"], Iterator[str]] | None = None
    stays: Callable[[Any, int | None], Mapping[int, Sequence[Stay]]] | None = None
    upgraded: Callable[[Any, "Nouns", datetime], object] | None = None
    proofs: tuple[Proof, ...] = ()
    confirms: Callable[[Any], Mapping[int, str]] | None = None
    excuses: Callable[[Any], Mapping[int, Any]] | None = None


Nouns = tuple[Noun, ...]


def all_tables(nouns: Nouns) -> Iterator[Table]:
    """Every table the nouns declare, by name."""
    yield from sorted((table for noun in nouns for table in noun.tables), key=lambda each: each.name)


def change_kinds(nouns: Nouns) -> list[str]:
    """Every kind of change that is announced, in the order of the nouns."""
    return list(dict.fromkeys(kind for noun in nouns for kind in noun.changes))


def action_words(nouns: Nouns) -> dict[str, str]:
    """Audit action → what was done, in plain words."""
    return {action: words for noun in nouns for action, words in noun.actions.items()}


def audit_groups(nouns: Nouns) -> dict[str, frozenset[str]]:
    """Chip of the audit page → the kinds of record it shows, in the order of the nouns."""
    groups: dict[str, frozenset[str]] = {}
    for noun in nouns:
        if noun.audit_group:
            groups[noun.audit_group] = groups.get(noun.audit_group, frozenset()) | {noun.kind}
    return groups
