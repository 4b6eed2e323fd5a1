"""Brings a database's schema up to date with Alembic. Migrations import no application code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

FOLDER = Path(__file__).parent


def config_for(connection: Connection) -> Config:
    """Alembic's settings, without a file, to work on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the database to the newest revision, in the transaction that is open."""
    command.upgrade(config_for(connection), "head")
