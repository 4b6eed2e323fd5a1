"""The program's log files: rotating, without secrets."""

import logging
import logging.handlers
import re
from pathlib import Path

# userinfo of an address (rtsp://name:secret@host) and name=value pairs that carry secrets
_USERINFO = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@]+@")
_NAMED = re.compile(
    r"(?i)\b(password|passwd|pwd|secret|token|authorization|response|nonce)\b(\"?\s*[=:]\s*\"?)[^\s\"',;&]+"
)


def redact(text: str) -> str:
    """`text` without passwords: those inside addresses and those behind their names."""
    return _NAMED.sub(r"\1\2***", _USERINFO.sub(r"\1***@", text))


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, then takes the secrets out."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        return redact(super().format(record))


def set_up(folder: Path | None, *, level: int = logging.INFO, to_stderr: bool = False) -> None:
    """Send the program's log to `folder`/controlroom.log (5 files of 2 MB), and to stderr when asked."""
    handlers: list[logging.Handler] = []
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "controlroom.log"
        handlers.append(
            logging.handlers.RotatingFileHandler(path, maxBytes=2_000_000, backupCount=4, encoding="utf-8")
        )
    if to_stderr:
        handlers.append(logging.StreamHandler())
    formatter = RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(level)
