"""Log files: no secret in them, bounded on the disk, and never in the program's way."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from controlroom import logs
from controlroom.app.recorder import unready
from controlroom.database.engine import open_engine
from controlroom.logs import RedactingFormatter, redact

SECRET = "Tr0ub4dor&three"


@pytest.mark.parametrize(
    "line",
    [
        f"open rtsp://viewer:{SECRET}@10.0.0.5:554/main",
        "open rtsp://viewer:Tr0ub4dor@three/s@10.0.0.5:554/main",
        f"postgresql+psycopg://desk:{SECRET}@db.invalid/room",
        f'{{"password": "{SECRET} and more"}}',
        json.dumps(json.dumps({"password": SECRET})),
        f"{{'username': 'viewer', 'password': '{SECRET} and more'}}",
        f"DeviceAddress(host='10.0.0.5', password='{SECRET}')",
        f"token={SECRET}",
        f"http://10.0.0.5/cgi?user=viewer&pwd={SECRET}",
        f'Authorization: Digest username="viewer", response="{SECRET}", nonce="{SECRET}"',
        f"Authorization: Basic {SECRET}",
        f"{{'Authorization': 'Basic {SECRET}', 'Accept': '*/*'}}",
        f"Cookie: session={SECRET}; other={SECRET}",
        f'<wsse:Password Type="x#PasswordDigest">{SECRET}</wsse:Password>',
        f"<Nonce EncodingType='b64'>\n{SECRET}\n</Nonce>",
        f"CREATE ROLE operator_07 LOGIN PASSWORD '{SECRET}'",
        f"run --password {SECRET}",
        f"camera_password: {SECRET}",
        f'b\'{{"passphrase":"{SECRET}"}}\'',
    ],
)
def test_a_password_does_not_reach_the_log(line: str):
    assert "Tr0ub4dor" not in redact(line)
    assert "three" not in redact(line)


@pytest.mark.parametrize(
    "line",
    [
        "open rtsp://10.0.0.5:554/main",
        "http://10.0.0.5:80/onvif/device_service answered in 0.2 s",
        "the password was refused; nothing is tried again",
        "camera 014: profile token MainStream chosen",
        "Operator 07 signed in; 3 cameras offline",
    ],
)
def test_what_is_no_secret_stays_readable(line: str):
    assert redact(line) == line


def test_the_host_stays_readable_beside_its_secret():
    assert redact(f"rtsp://viewer:{SECRET}@10.0.0.5:554/main") == "rtsp://***@10.0.0.5:554/main"


def test_a_secret_kept_out_is_taken_out_wherever_it_stands():
    logs.keep_out("p0lecat-jumper%")
    assert (
        redact("invalid literal: 'p0lecat-jumper%' and p0lecat-jumper%25") == "invalid literal: '***' and ***"
    )


def test_a_traceback_with_its_causes_is_redacted_too():
    try:
        try:
            raise ValueError(f"rtsp://viewer:{SECRET}@camera/main did not answer")
        except ValueError as error:
            raise RuntimeError(f"password={SECRET!r}") from error
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    line = RedactingFormatter("%(message)s").format(record)
    assert "did not answer" in line
    assert SECRET not in line


@pytest.fixture
def made(tmp_path: Path) -> Iterator[logs.ProcessLogs]:
    made = logs.set_up(tmp_path, megabytes=0.05)
    yield made
    made.close()


def test_the_files_stay_within_their_bounds(tmp_path: Path, made: logs.ProcessLogs):
    for number in range(2000):
        logging.getLogger("test").info("%s %s", number, "x" * 100)
    files = sorted(path.name for path in tmp_path.glob("desk.log*"))
    assert files == ["desk.log", "desk.log.1", "desk.log.2", "desk.log.3", "desk.log.4"]
    assert sum(path.stat().st_size for path in tmp_path.glob("desk.log*")) <= 50_000
    assert "1999 " in (tmp_path / "desk.log").read_text()


@pytest.mark.parametrize("part", ["y", "a.", "://", "password=", '\\"', "<Password>", "pass "])
def test_one_endless_line_is_cut_and_does_not_hold_up_the_program(
    tmp_path: Path, made: logs.ProcessLogs, part: str
):
    logging.getLogger("test").info(part * 100_000)
    assert (tmp_path / "desk.log").stat().st_size < 25_000


def test_a_full_disk_costs_lines_and_says_how_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full to stand for a full disk")
    monkeypatch.setattr(logs, "TRY_AGAIN_S", 0.0)
    handler = logs.SturdyFileHandler(tmp_path / "desk.log", max_bytes=10_000)
    handler.setFormatter(RedactingFormatter("%(message)s"))
    handler.baseFilename = str(full)
    record = logging.LogRecord("x", logging.INFO, "", 0, "a line", (), None)
    for _ in range(3):
        handler.emit(record)
    assert handler.lost >= 3
    handler.baseFilename = str(tmp_path / "desk.log")
    handler.emit(record)
    handler.close()
    written = (tmp_path / "desk.log").read_text().splitlines()
    assert "lines could not be written" in written[0]
    assert written[1] == "a line"


def test_a_folder_nobody_can_write_to_leaves_the_program_running(tmp_path: Path, capsys):
    (tmp_path / "file").write_text("in the way")
    made = logs.set_up(tmp_path / "file" / "logs")
    logging.getLogger("test").error("still said")
    made.close()
    assert made.path is None
    assert "still said" in capsys.readouterr().err


def test_a_second_process_of_the_name_writes_a_file_of_its_own(tmp_path: Path, made: logs.ProcessLogs):
    assert crash(tmp_path, "where").stdout.strip().endswith("desk-2.log")


CRASH = """
import ctypes, sys
from pathlib import Path
from controlroom import logs
from controlroom.app.recorder import unready
from controlroom.database.engine import open_engine
made = logs.set_up(Path(sys.argv[1]))
if sys.argv[2] == "where":
    print(made.path)
if sys.argv[2] == "crash":
    ctypes.string_at(0)
if sys.argv[2] == "raise":
    raise RuntimeError("password='hidden-here'")
if not sys.argv[2]:
    print(made.crashed_before)
made.close()
"""


def crash(folder: Path, how: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", CRASH, str(folder), how]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)


def test_a_crash_leaves_where_it_happened_and_the_next_start_knows(tmp_path: Path):
    assert crash(tmp_path, "crash").returncode != 0
    assert "Segmentation fault" in (tmp_path / "desk-crash.log").read_text()
    path = crash(tmp_path, "").stdout.strip()
    assert "Segmentation fault" in Path(path).read_text()
    assert crash(tmp_path, "").stdout.strip() == "None"
    assert not (tmp_path / "desk-crash.log").exists()


def test_an_error_nobody_caught_is_in_the_log_without_its_secret(tmp_path: Path):
    assert crash(tmp_path, "raise").returncode == 1
    said = (tmp_path / "desk.log").read_text()
    assert "nobody caught this" in said
    assert "hidden-here" not in said


def test_a_look_at_the_revision_every_second_fills_no_log(tmp_path: Path):
    engine = open_engine(f"sqlite:///{tmp_path / 'room.db'}")
    made = logs.set_up(tmp_path)
    try:
        for _ in range(3):
            unready(engine)
        logging.getLogger("alembic").warning("worth a line")
    finally:
        made.close()
        engine.dispose()
    (line,) = (tmp_path / "desk.log").read_text().splitlines()
    assert "worth a line" in line
    assert logging.getLogger("alembic").level == logging.NOTSET
