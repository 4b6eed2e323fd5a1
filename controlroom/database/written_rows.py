"""Notes which digested rows a unit of work inserted, changed or removed, from what its session sends.

Every road a service writes on is followed: rows of the session, rows removed because their owner lost them, UPDATE
and DELETE of many rows by one statement, and rows that were collected and inserted at once (`bulk.py`).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Delete, Update, event, select
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, object_session
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from controlroom.database.digests import DigestedTable, RowDigest
from controlroom.database.tables import Base

WRITTEN = "written rows"  # where a session holds them (`session.info`)


class WrittenRows:
    """The digested rows that one unit of work has written, each as it stands at the end."""

    def __init__(self, tables: Mapping[str, DigestedTable]) -> None:
        self.tables = tables
        self._rows: dict[tuple[str, str], Base | None] = {}

    @classmethod
    def follow(cls, session: Session, tables: Mapping[str, DigestedTable]) -> None:
        """Note from now on what this session writes."""
        session.info[WRITTEN] = cls(tables)
        event.listen(session, "do_orm_execute", _note_statement)

    def put(self, row: Base, *, gone: bool = False) -> None:
        """Note a row that was written, or removed."""
        table = self.tables.get(row.__tablename__)
        if table is not None:
            named = {each.name: getattr(row, table.attributes[each.name]) for each in table.key_columns}
            self._rows[table.name, table.key(named)] = None if gone else row

    def changed(self, row: Base) -> None:
        """Note a row that was changed, where it was in a column that enters its digest."""
        table = self.tables.get(row.__tablename__)
        if table is not None and any(
            get_history(row, attribute, PASSIVE_NO_INITIALIZE).has_changes()
            for attribute in table.attributes.values()
        ):
            self.put(row)

    def take(self) -> list[RowDigest]:
        """The digests of what was written since the last time, in the order of writing."""
        rows, self._rows = self._rows, {}
        return [self._digest(self.tables[name], key, row) for (name, key), row in rows.items()]

    def _digest(self, table: DigestedTable, key: str, row: Base | None) -> RowDigest:
        if row is None:
            return table.gone(key)
        return table.of({name: getattr(row, attribute) for name, attribute in table.attributes.items()})

    def note(self, statement: Update | Delete, session: Session) -> None:
        """Note the rows that a statement is about to change or remove."""
        row = statement.entity_description["entity"]
        if getattr(row, "__tablename__", None) not in self.tables:
            return
        query = select(row)
        if statement.whereclause is not None:
            query = query.where(statement.whereclause)
        for each in session.scalars(query):
            self.put(each, gone=isinstance(statement, Delete))
            if isinstance(statement, Update):
                session.expire(each)


def written(session: Session) -> WrittenRows:
    """What this session has written: nothing for one that only reads."""
    return session.info.get(WRITTEN) or WrittenRows({})


def _note_statement(state: ORMExecuteState) -> None:
    if isinstance(state.statement, Update | Delete):
        written(state.session).note(state.statement, state.session)


def _of(row: Base) -> WrittenRows:
    session = object_session(row)
    return written(session) if session is not None else WrittenRows({})


@event.listens_for(Mapper, "after_insert")
def _note_new(_mapper: Any, _connection: Any, row: Base) -> None:
    _of(row).put(row)


@event.listens_for(Mapper, "after_update")
def _note_changed(_mapper: Any, _connection: Any, row: Base) -> None:
    _of(row).changed(row)


@event.listens_for(Mapper, "after_delete")
def _note_removed(_mapper: Any, _connection: Any, row: Base) -> None:
    _of(row).put(row, gone=True)
