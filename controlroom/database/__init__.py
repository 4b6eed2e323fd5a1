"""Opens and runs the database: engine, unit of work, column types, migrations."""
