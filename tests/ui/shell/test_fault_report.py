"""A fault's report: enough to mend it, and not one word of anybody's text."""

import logging
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from controlroom.errors import InvalidInput
from controlroom.ui.shell.fault_report import FaultFacts, LogTail, headline, report, short_path, trace_of

AT = datetime(2026, 11, 20, 22, 41, tzinfo=UTC)
PLANTED = ("Rosalind Kettleborough", "hunter2", "AB12 CDE", "seen limping towards the arcade")


class Colour(Enum):
    RED = "a red jacket"


def fault(trace: str = "nothing") -> FaultFacts:
    return FaultFacts("F-0A1B2C", "a test", AT, AT, 3, trace)


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"cannot use '{PLANTED[0]}'"),
        KeyError(PLANTED[0]),
        RuntimeError(" ".join(PLANTED)),
        InvalidInput(f"{PLANTED[0]} is not known.", PLANTED[3], PLANTED[2]),
        IntegrityError("INSERT INTO people VALUES (?)", (PLANTED[0],), ValueError(PLANTED[3])),
        OSError(13, "Permission denied", f"/home/rosalind/{PLANTED[0]}.txt"),
        AttributeError(f"no attribute '{PLANTED[3]}'"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_an_exception_says_never_reaches_the_report(error: Exception):
    text = report(fault(trace_of(raised(error))), {}, [])
    assert type(error).__name__ in text
    assert "in raised" in text
    for planted in PLANTED:
        assert planted not in text


def test_causes_are_told_without_their_words_too():
    try:
        try:
            raise KeyError(PLANTED[0])
        except KeyError as error:
            raise InvalidInput(PLANTED[3]) from error
    except InvalidInput as error:
        text = trace_of(error)
    assert text.index("KeyError") < text.index("InvalidInput")
    assert "which led to" in text
    assert not any(planted in text for planted in PLANTED)


def test_words_python_itself_chose_are_kept_since_they_help():
    with pytest.raises(AttributeError) as caught:
        None.camera  # type: ignore[attr-defined]  # noqa: B018
    assert headline(caught.value) == "AttributeError: 'NoneType' object has no attribute 'camera'"


def test_log_lines_are_kept_without_what_they_were_filled_with():
    tail = LogTail()
    log = logging.getLogger("controlroom.testing.tail")
    log.addHandler(tail)
    log.setLevel(logging.INFO)
    try:
        log.info("camera %s of %s restarted %d times", "014", PLANTED[0], 3)
        log.warning("signed in: %(who)s", {"who": "j.smith"})
        log.error("%.1f ms for %s at 100%%", 12.345, Colour.RED)
        try:
            raise KeyError(PLANTED[0])
        except KeyError as error:
            log.exception("%s failed: %s", "media-1", error)
        log.error("plate %s, file %s", "AB12CDE", Path("/home/rosalind/AB12 CDE.txt"))
    finally:
        log.removeHandler(tail)
    text = "\n".join(tail.lines())
    assert "camera 014 of … restarted 3 times" in text
    assert "signed in: …" in text
    assert "12.345 ms for RED at 100%" in text
    assert "media-1 failed: KeyError [KeyError]" in text
    assert "plate …, file …" in text
    assert not any(each in text for each in (*PLANTED, "smith", "AB12", "rosalind", "jacket"))


def test_other_packages_lines_are_kept_without_their_words():
    tail = LogTail()
    tail.handle(logging.LogRecord("zeep.wsdl", logging.ERROR, "x", 1, PLANTED[0], None, None))
    assert tail.lines()[0].endswith("ERROR zeep.wsdl: (text left out)")


def test_whatever_is_typed_in_a_field_and_every_address_with_a_password_is_taken_out():
    lines = ["12:00:00 INFO x: rtsp://viewer:hunter2@10.0.0.5/main password=hunter2", f"saw {PLANTED[0]}"]
    text = report(fault(PLANTED[3]), {"Page": "Log"}, lines, [f"{PLANTED[0]}\n{PLANTED[3]}", "a", ""])
    assert not any(planted in text for planted in PLANTED)
    assert "rtsp://***@10.0.0.5/main" in text


def test_the_report_names_program_platform_packages_and_what_it_was_told():
    text = report(fault(), {"Database": "SQLite, revision 0004"}, ["a line"])
    for part in (
        "F-0A1B2C",
        "20 Nov 2026 22:41",
        "Times",
        "Python",
        "PySide6_Essentials 6.",
        "SQLite, revision 0004",
    ):
        assert part in text
    assert str(Path.home()) not in text


def test_places_are_told_from_the_package_on():
    assert short_path("/home/rosalind/x/controlroom/ui/shell/palette.py") == "controlroom/ui/shell/palette.py"
    assert short_path("/opt/lib/site-packages/sqlalchemy/engine/base.py") == "sqlalchemy/engine/base.py"
