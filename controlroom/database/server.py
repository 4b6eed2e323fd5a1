"""What `controlroom db upgrade` does on a PostgreSQL server, as its administrator: the schema, then who may do what."""

import logging

from alembic import command
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from controlroom.database.failures import cannot_open
from controlroom.database.opening import migration_config, revisions
from controlroom.database.server_engine import open_server_engine

log = logging.getLogger(__name__)


def upgrade(url: str) -> tuple[str | None, str]:
    """Bring the database at `url` to the newest revision; returns the revisions before and after.

    `url` is an administrator's. Everything happens in one transaction: it is as it was, or done. Raises
    Unavailable or InvalidInput.
    """
    engine = open_server_engine(url)
    try:
        before, head = revisions(engine)
        _migrate(engine, url)
    except DBAPIError as error:
        log.error("upgrading the database failed: %s", error.orig)
        raise cannot_open(error, url) from error
    finally:
        engine.dispose()
    return before, head


def _migrate(engine: Engine, url: str) -> None:
    config = migration_config(url)
    with engine.begin() as connection:
        # A large table takes its time; the desks' limits are not for this.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
