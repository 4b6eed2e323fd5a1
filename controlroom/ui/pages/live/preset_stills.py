"""Puts the small picture of a preset into the bytes that the room keeps, and back."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader, QImageWriter

from controlroom.cameras.preset_pictures import LARGEST, WIDTH

QUALITIES = (80, 60, 40, 20)
LARGEST_SIDE = 4 * WIDTH  # a file may claim to be any size


def as_jpeg(still: QImage) -> bytes:
    """Encode a picture as a JPEG of at most `LARGEST` bytes, in the best quality that fits."""
    made = b""
    for quality in QUALITIES:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QImageWriter(buffer, QByteArray(b"jpg"))
        writer.setQuality(quality)
        writer.write(still)
        made = bytes(buffer.data().data())
        if len(made) <= LARGEST:
            break
    return made


def from_jpeg(picture: bytes) -> QImage:
    """Decode a small JPEG; return a null image for anything else."""
    buffer = QBuffer()
    buffer.setData(QByteArray(picture))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"jpg"))
    size = reader.size()
    return reader.read() if 0 < max(size.width(), size.height()) <= LARGEST_SIDE else QImage()
