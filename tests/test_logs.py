"""Log files carry no secrets."""

import logging

from controlroom.logs import RedactingFormatter, redact


def test_passwords_in_addresses_and_behind_names_are_taken_out():
    line = redact('open rtsp://viewer:s3cret@10.0.0.5:554/main {"password": "s3cret"} token=s3cret')
    assert "s3cret" not in line
    assert "10.0.0.5:554/main" in line


def test_a_traceback_is_redacted_too():
    try:
        raise ValueError("rtsp://viewer:s3cret@camera/main did not answer")
    except ValueError:
        import sys

        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    assert "s3cret" not in RedactingFormatter("%(message)s").format(record)
