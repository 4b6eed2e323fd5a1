"""A real PostgreSQL server for the tests: found, made, started on a loopback port, and gone when they end.

Each process that runs tests has one shared server (`server()`), whose databases are copies of a migrated one: a test
pays some 20 ms for its own (300 on a disk, so it lies in memory where there is room). A test that stops, stalls or
kills a server has one to itself (`private_server()`).
The cluster is made once by initdb and copied; it refuses to run as root, so root's tests start it as `postgres` or
`nobody`. It listens on 127.0.0.1 only. fsync is off and the folder in memory unless a test about durability asks.
"""

import atexit
import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

REQUIRE = "CONTROLROOM_REQUIRE_POSTGRESQL"  # set: no server is a failure, not a skip
PROGRAMS = "CONTROLROOM_POSTGRESQL_BIN"  # a folder with initdb and postgres, when they are somewhere else
ADMINISTRATOR = "administrator"
PASSWORD = "only on loopback, only for tests"
FOLDER = "controlroom-postgresql-"
MEMORY = Path("/dev/shm")  # Linux: a disk in memory
MEMORY_WANTED = 2 << 30  # bytes free; a server takes some 300 MB
START_WITHIN_S = 30
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    "log_line_prefix": "%u %d ",
    "logging_collector": "off",
    "timezone": "UTC",
}


class NoServer(Exception):
    """Why there is no PostgreSQL to test with, in one line."""


def programs() -> Path:
    """The folder with initdb and postgres. Raises NoServer."""
    given = os.environ.get(PROGRAMS)
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    candidates = [Path(given)] if given else [*reversed(debian)]
    if on_path and not given:
        candidates.append(Path(on_path).resolve().parent)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoServer("no PostgreSQL server is installed (Debian: apt-get install postgresql)")


def user() -> str:
    """Who runs the server: somebody unprivileged when we are root, else ourselves (empty)."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return ""
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoServer("PostgreSQL refuses to run as root and there is neither a user postgres nor nobody")


def _command(program: str, *arguments: object) -> list[str]:
    child = Path(__file__).with_name("postgresql_child.py")
    words = [programs() / program, *arguments]
    return [sys.executable, "-I", "-S", str(child), user(), str(os.getpid()), *map(str, words)]


class Server:
    """One running server over one cluster folder."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.port = _free_port()
        self._settings = SETTINGS if durable else SETTINGS | QUICK
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    def url(self, database: str, user: str = ADMINISTRATOR, password: str = PASSWORD) -> str:
        """The address of a database, as this person."""
        secret = f":{password.replace(' ', '%20')}" if password else ""
        return f"postgresql+psycopg://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def speak_tls(self, certificate: Path, key: Path) -> None:
        """From its next start on, with this certificate."""
        self._settings = {
            **self._settings,
            "ssl": "on",
            "ssl_cert_file": str(certificate),
            "ssl_key_file": str(key),
        }

    def libpq_url(self, database: str) -> str:
        """The same as PostgreSQL's own programs take it."""
        return self.url(database).replace("+psycopg", "")

    def connect(self, database: str = "postgres", **changed: object) -> psycopg.Connection:
        """A plain connection outside any transaction; the administrator's unless told otherwise."""
        how = {"user": ADMINISTRATOR, "password": PASSWORD, "connect_timeout": 5, **changed}
        return psycopg.connect(host="127.0.0.1", port=self.port, dbname=database, autocommit=True, **how)

    def start(self) -> None:
        """Start it and wait until it answers. Raises NoServer with the end of its log."""
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command = _command("postgres", "-D", self.folder / "data", "-p", self.port, *options)
        with (self.folder / "log").open("ab") as record:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=record, stderr=record, start_new_session=True
            )
        until = time.monotonic() + START_WITHIN_S
        while True:
            try:
                self.connect().close()
                return
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise NoServer(f"PostgreSQL did not start: {self.log()[-500:]}") from error
            time.sleep(0.01)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT drops its connections and ends in order, SIGQUIT at once, as a power cut would."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            _send(psutil.Process(process.pid).children(), signal.SIGCONT)
        process.send_signal(signal.SIGCONT)
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Every one of its processes is stopped in its tracks: connections stay, answers do not come."""
        assert self._process is not None
        postmaster = psutil.Process(self._process.pid)
        frozen = [postmaster, *postmaster.children(recursive=True)]
        _send(frozen, signal.SIGSTOP)
        try:
            yield
        finally:
            _send(frozen, signal.SIGCONT)

    def log(self) -> str:
        """What it wrote to its log."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def create(self, template: str = "template0", name: str = "") -> str:
        """A new database, a copy of `template`; its name."""
        name = name or f"room_{next(self._numbers)}"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        with contextlib.closing(self.connect()) as connection:
            if connection.info.server_version >= 150000:  # where it can be said; before, it was the only way
                command += sql.SQL(" STRATEGY FILE_COPY")
            connection.execute(command)
        return name

    def drop(self, name: str) -> None:
        """Take a database away, whoever is still connected to it."""
        command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with contextlib.closing(self.connect()) as connection:
            connection.execute(command)

    def remove(self) -> None:
        """Stop it and take its folder away."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


def _send(processes: list[psutil.Process], which: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(which)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _places() -> list[Path]:
    """Where folders of servers may lie: in memory where there is room, and on the disk."""
    disk = Path(tempfile.gettempdir())
    with contextlib.suppress(OSError):
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_WANTED:
            return [MEMORY, disk]
    return [disk]


def _folder(*, durable: bool = False) -> Path:
    """A folder the server's user owns; its path is short and nobody else can read it."""
    place = _places()[-1 if durable else 0]
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-", dir=place))
    if name := user():
        shutil.chown(folder, name)
    return folder


def _sweep() -> None:
    """Clear what killed runs left: folders named after processes that are gone."""
    for path in (path for place in _places() for path in place.glob(f"{FOLDER}*")):
        number = path.name.removeprefix(FOLDER).partition("-")[0]
        if number.isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(path, ignore_errors=True)


def _run(program: str, *arguments: object) -> None:
    answer = subprocess.run(
        _command(program, *arguments), capture_output=True, text=True, errors="replace", check=False
    )
    if answer.returncode != 0:
        last = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NoServer(f"{program} failed: {last}")


class _Kept:
    """What this process made and takes away again when it ends."""

    pristine: Path | None = None
    shared: Server | None = None
    missing: NoServer | None = None


def _pristine() -> Path:
    """The folder of a cluster fresh from initdb, made once."""
    if _Kept.pristine is None:
        _sweep()
        folder = _folder()
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        secret = folder / "secret"
        secret.write_text(PASSWORD + "\n", encoding="utf-8")
        if name := user():
            shutil.chown(secret, name)
        identity = ("-U", ADMINISTRATOR, f"--pwfile={secret}", "--auth=scram-sha-256")
        locale = ("--encoding=UTF8", "--locale=C.UTF-8")
        _run("initdb", "-D", folder / "data", *identity, *locale, "--no-sync", "--no-instructions")
        _Kept.pristine = folder
    return _Kept.pristine


def private_server(*, durable: bool = False) -> Server:
    """A running server of the caller's own, who calls `remove()` at the end. Raises NoServer."""
    source, folder = _pristine() / "data", _folder(durable=durable)
    try:
        shutil.copytree(source, folder / "data", symlinks=True)
        (folder / "data").chmod(0o700)
        for path in [folder / "data", *(folder / "data").rglob("*")] if user() else []:
            shutil.chown(path, user())
        server = Server(folder, durable=durable)
        server.start()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server


def server() -> Server:
    """This process's shared server, started when first asked for. Raises NoServer, every time for one reason."""
    if _Kept.missing is not None:
        raise _Kept.missing
    if _Kept.shared is None:
        try:
            _Kept.shared = private_server()
        except NoServer as reason:
            _Kept.missing = reason
            raise
        atexit.register(_Kept.shared.remove)
    return _Kept.shared
