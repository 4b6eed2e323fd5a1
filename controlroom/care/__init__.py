"""Looking after the data: backups and restoring them, checks, the nightly round, purging personal text."""
