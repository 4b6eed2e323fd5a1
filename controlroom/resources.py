"""Finds the files that ship with the program (themes, lists, templates): the folder `resources/` beside the package."""

import sys
from pathlib import Path

from controlroom.errors import Unavailable

# The source tree and an editable installation first, then where a packaged installation puts shared files.
_FOLDERS = (
    Path(__file__).resolve().parent.parent / "resources",
    Path(sys.prefix) / "share" / "controlroom" / "resources",
)


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder: `resource("themes", "dark.toml")`. Raises Unavailable if missing."""
    for folder in _FOLDERS:
        path = folder.joinpath(*parts)
        if path.exists():
            return path
    raise Unavailable(
        f"The file resources/{'/'.join(parts)} that ships with the program is missing.",
        "The installation is not complete.",
        "Install the program again.",
    )
