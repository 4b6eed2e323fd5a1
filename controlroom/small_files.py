"""Reads small files that somebody else may have written: whatever stands in them, the only errors are those named here.

A file in the data folder, a share or a backup can be changed by others. So every reader here is bounded in size, opens
plain files only (a pipe would never end), and turns what is malformed into a ValueError, which its caller names.
"""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from controlroom.codec import from_json

T = TypeVar("T")
LARGEST = 16 * 1024 * 1024  # bytes
LONGEST_LINE = 4096  # bytes: an address, a password


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """The file's content. Raises OSError, and ValueError for one that is larger than `largest` bytes or no file."""
    if path.exists() and not path.is_file() and not path.is_dir():  # opening a folder says so itself
        raise ValueError("it is no file")
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError(f"it is larger than {largest:,} bytes")
    return content


def read_text(path: Path, largest: int = LARGEST) -> str:
    """The file's text (UTF-8). Raises OSError, and ValueError as `read_bytes` does or for other bytes."""
    return read_bytes(path, largest).decode("utf-8")


def read_line(path: Path) -> str:
    """The one short line of a file, without blanks around it. Raises OSError, and ValueError for anything else."""
    line = read_text(path, LONGEST_LINE).strip()
    if not line or not line.isprintable():
        raise ValueError("it is not one line of text")
    return line


def read_json(path: Path, kind: type[T], largest: int = LARGEST) -> T:
    """The record of type `kind` in a JSON file. Raises OSError, and ValueError for anything else."""
    return from_json(kind, read_bytes(path, largest))


def read_toml(path: Path, largest: int = LARGEST) -> dict[str, Any]:
    """The table in a TOML file. Raises OSError, and ValueError saying what is wrong in it."""
    try:
        return tomllib.loads(read_text(path, largest))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
