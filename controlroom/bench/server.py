"""Runs a PostgreSQL server for a measurement: on a loopback port, under an unprivileged user, removed afterwards."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import psycopg

from controlroom.database.server import upgrade
from controlroom.errors import Unavailable
from controlroom.nouns import NOUNS

ADMINISTRATOR = "administrator"
START_WITHIN_S = 30.0


class PostgreSQL:
    """A server as a context manager: made and started with one database "room"; stopped and removed at the end."""

    def __init__(self) -> None:
        self._programs, self._as_user = _programs(), _unprivileged()
        self._password = secrets.token_urlsafe(16)
        self._folder = Path(tempfile.mkdtemp(prefix="controlroom-bench-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{ADMINISTRATOR}:{self._password}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers. Raises Unavailable."""
        words = ["-D", str(self._folder / "data"), "-p", str(self._port), "-c", "listen_addresses=127.0.0.1"]
        words += ["-c", "unix_socket_directories=", "-c", "logging_collector=off"]
        with (self._folder / "log").open("ab") as record:
            process: Any = subprocess.Popen(
                [str(self._programs / "postgres"), *words],
                stdin=subprocess.DEVNULL,
                stdout=record,
                stderr=record,
                cwd=self._folder,
                **self._as_user,
            )
        self._process = process
        until = time.monotonic() + START_WITHIN_S
        while True:
            try:
                self._connect().close()
                return
            except psycopg.OperationalError as error:
                if process.poll() is not None or time.monotonic() > until:
                    raise Unavailable("The PostgreSQL server of the measurement did not start.") from error
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it as an administrator would in a hurry: connections are dropped."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> Self:
        try:
            self._make()
            self.start()
            with contextlib.closing(self._connect()) as connection:
                connection.execute("CREATE DATABASE room TEMPLATE template0 ENCODING 'UTF8'")
            upgrade(self.url("room"), NOUNS)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make(self) -> None:
        secret = self._folder / "secret"
        secret.write_text(self._password + "\n", encoding="utf-8")
        if self._as_user:
            shutil.chown(self._folder, self._as_user["user"])
            shutil.chown(secret, self._as_user["user"])
        words = ["-D", str(self._folder / "data"), "-U", ADMINISTRATOR, f"--pwfile={secret}"]
        words += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        command = [str(self._programs / "initdb"), *words]
        answer = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self._folder, **self._as_user
        )
        if answer.returncode:
            raise Unavailable("initdb failed.", (answer.stderr.strip().splitlines() or [""])[-1])

    def _connect(self) -> "psycopg.Connection[Any]":
        address = self.url("postgres").replace("+psycopg", "")
        return psycopg.connect(address, autocommit=True, connect_timeout=5)


def _programs() -> Path:
    """Find the folder with initdb and postgres. Raises Unavailable."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    found = shutil.which("initdb")
    for folder in [*reversed(debian), *([Path(found).resolve().parent] if found else [])]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Unavailable(
        "No PostgreSQL server is installed here.", remedy="On Debian: apt-get install postgresql"
    )


def _unprivileged() -> dict[str, Any]:
    """Return as whom it runs, in Popen's words, since PostgreSQL refuses root; empty where we are not root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
    raise Unavailable("PostgreSQL refuses to run as root and there is neither a user postgres nor nobody.")
