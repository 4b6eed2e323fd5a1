"""Decodes a picture that somebody hands in as proof, with Qt's decoders and within bounds.

The first bytes of a file say what it means to be; only decoding it shows that it is a picture.
"""

from pathlib import Path

from PySide6.QtGui import QImageReader

from controlroom.errors import InvalidInput

SMALLEST, LARGEST = 64, 8192  # pixels a side; Qt refuses what takes over 256 MB of memory as well
_FORMATS = {b"jpeg", b"png"}
_REMEDY = "Take it from the camera, or choose a JPEG or PNG file."


def check_decodes(picture: Path) -> None:
    """Raise InvalidInput unless the file decodes as a JPEG or PNG picture within these sizes."""
    reader = QImageReader(str(picture))
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if bytes(reader.format().data()) not in _FORMATS or not size.isValid():
        raise InvalidInput("That file is not a picture.", remedy=_REMEDY)
    width, height = size.width(), size.height()
    if min(width, height) < SMALLEST or max(width, height) > LARGEST:
        raise InvalidInput(
            f"That picture is {width} × {height} pixels: a side has {SMALLEST} to {LARGEST}.", remedy=_REMEDY
        )
    if reader.read().isNull():
        raise InvalidInput("That picture cannot be decoded.", remedy=_REMEDY)
