"""A room that has lost items too: what a migration and an upgrade do for a noun of the product."""

import contextlib

from sqlalchemy import create_engine, text

from controlroom.database import triggers
from controlroom.database.server import settle_roles
from controlroom.declaration import Nouns
from controlroom.nouns import NOUNS
from tests import engines
from tests.builders import Room, make_room
from tests.lost_items.noun import COVERED, LOST_ITEM
from tests.lost_items.tables import ItemTextRow, SampleBase

WITH_LOST_ITEMS: Nouns = (*NOUNS[:-3], LOST_ITEM, *NOUNS[-3:])  # before the audit: its texts go last


def make_tables(folder) -> None:
    """Tables and triggers, as a migration makes them; on a server then the roles, as an upgrade does."""
    server = engines._Now.kind == engines.POSTGRESQL
    url = engines.administrators_url(folder) if server else engines.database_url(folder)
    engine = create_engine(url)
    with contextlib.closing(engine.connect()) as connection, connection.begin():
        SampleBase.metadata.create_all(connection)
        for table in LOST_ITEM.tables:
            purged = table.row is ItemTextRow
            covered = COVERED if purged else ""
            for statement in triggers.statements(table, engine.dialect.name, purged=purged, covered=covered):
                connection.execute(text(statement))
        if server:
            settle_roles(connection, engines.ROOM, WITH_LOST_ITEMS)
    engine.dispose()


def room_with_lost_items(folder, **more) -> Room:
    """A room over a database that holds lost items."""
    make_tables(folder)
    return make_room(folder, nouns=WITH_LOST_ITEMS, **more)
