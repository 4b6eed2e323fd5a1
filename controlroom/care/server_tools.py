"""Runs PostgreSQL's own pg_dump and pg_restore without a password on their command line."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from controlroom.database.server_engine import login_of
from controlroom.errors import Unavailable

DEBIAN = Path("/usr/lib/postgresql")  # a folder a version, each with bin/
MOST_SAID = 600  # characters of a program's complaint that are passed on


def program(name: str) -> Path:
    """Find `pg_dump` or `pg_restore`, the newest version first; raises Unavailable with what to install."""
    newest_first = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: -float(path.parent.parent.name))
    found = newest_first[0] if newest_first else shutil.which(name)
    if found is None:
        raise Unavailable(
            f"PostgreSQL's program {name} is not on this machine.",
            "A database on a server is backed up and restored with it.",
            "Install its client programs (Debian: apt-get install postgresql-client), or run this on the server.",
        )
    return Path(found)


def address(engine: Engine) -> URL:
    """Return the engine's address as the person it connects as now."""
    login, url = login_of(engine), engine.url
    return url.set(username=login.user, password=login.password) if login.user else url


def start(name: str, url: URL, *words: str | Path) -> "subprocess.Popen[str]":
    """Start one of the programs on a database; its password goes through the environment."""
    plain = url._replace(drivername="postgresql", password=None).render_as_string()
    command = [program(name), *words, "--no-password", "--dbname", plain]
    return subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(url),
    )


def finish(process: "subprocess.Popen[str]", doing: str) -> str:
    """Wait for its end and return what it printed. Raises Unavailable with its error message."""
    printed, complaint = process.communicate()
    if process.returncode:
        said = complaint.strip()[-MOST_SAID:]
        full = "No space left" in said
        raise Unavailable(
            f"{doing} failed: {'the disk is full' if full else said or process.returncode}.",
            remedy="Make room, then try again." if full else "Mend what it names, then try again.",
        )
    return printed


def run(name: str, *words: str | Path, doing: str) -> str:
    """Run one of the programs on a file only."""
    command = [str(program(name)), *(str(word) for word in words)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        return finish(process, doing)


def _environment(url: URL) -> Mapping[str, str]:
    given = dict(os.environ)
    given.pop("PGOPTIONS", None)
    if url.password is not None:
        given["PGPASSWORD"] = str(url.password)
    return given
