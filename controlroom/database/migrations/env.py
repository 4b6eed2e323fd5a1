"""Alembic's environment: runs the migrations on the connection handed in, or on one of its own."""

from alembic import context
from sqlalchemy import create_engine

config = context.config


def run(connection) -> None:
    """Run the migrations in one transaction."""
    context.configure(
        connection=connection,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = create_engine(config.get_main_option("sqlalchemy.url") or "")
    with engine.begin() as own:
        run(own)
