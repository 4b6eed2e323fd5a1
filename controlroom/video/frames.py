"""Passes pictures through shared memory: one segment for each tile, written by a media worker, read by the desk.

A segment is a header and three buffers. The writer fills the buffer after the newest, then marks it as the newest;
the reader copies it out and checks the sequence number again, so it never shows half of one picture and half of
another. Only the desk creates and unlinks segments. A process that attaches must stay unknown to Python's resource
tracker, which would destroy the segment when that process exits (seen on 3.11 and 3.13): `attach` is the one place
that ensures it. Only the standard library is used, so that the desk stays light and every supported Python can be
tried.
"""

import contextlib
import errno
import os
import secrets
import sys
import threading
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

from controlroom.errors import Unavailable
from controlroom.video.records import Frame

BUFFERS = 3
BYTES_PER_PIXEL = 4
PIXELS_AT = 4096  # the header has a page to itself
_MAGIC = 0x43525631  # "CRV1"
# Header words of 8 bytes; times are doubles on the monotonic clock.
_MAGIC_WORD, _CAPACITY, _NEWEST, _DECODED_AT = 0, 1, 2, 3
_SLOTS_AT, _SLOT_WORDS = 8, 8
_BEGUN, _ENDED, _SLOT_TIME, _WIDTH, _HEIGHT = 0, 1, 2, 3, 4
_HEADER_BYTES = 8 * (_SLOTS_AT + BUFFERS * _SLOT_WORDS)

_tracker_lock = threading.Lock()
_fence_lock = threading.Lock()


def _fence() -> None:
    """Separate the memory accesses on either side: taking a lock is a barrier on every processor."""
    with _fence_lock:
        pass


def new_name() -> str:
    """Make a segment name nobody else has; short, since macOS allows 30 characters."""
    return f"cr{os.getpid()}-{secrets.token_hex(5)}"


def attach(name: str) -> SharedMemory:
    """Map a segment that another process owns. Raises FileNotFoundError when it no longer exists."""
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    with _tracker_lock:
        register = resource_tracker.register
        resource_tracker.register = _leave_unregistered
        try:
            return SharedMemory(name)
        finally:
            resource_tracker.register = register


def _leave_unregistered(name: str, rtype: str) -> None:
    """Replace the tracker's `register` while attaching, and do nothing."""


class _Mapped:
    """A mapped segment, its header readable as integers and as times."""

    def __init__(self, memory: SharedMemory) -> None:
        assert memory.buf is not None  # only after closing
        self._memory, self._bytes = memory, memory.buf
        header = self._bytes[:_HEADER_BYTES]
        self.words = header.cast("q")
        self.times = header.cast("d")
        header.release()

    @property
    def name(self) -> str:
        return self._memory.name

    def buffer(self, index: int, size: int) -> memoryview:
        """Return the first `size` bytes of buffer `index`; release it before closing."""
        at = PIXELS_AT + index * self.words[_CAPACITY]
        return self._bytes[at : at + size]

    def close(self) -> None:
        """Unmap the segment; a second call does nothing."""
        self.words.release()
        self.times.release()
        # A picture still in use holds the mapping until it is dropped; the system frees it then.
        with contextlib.suppress(BufferError):
            self._memory.close()

    def __del__(self) -> None:
        # Views first: Python would otherwise complain, at exit, that the memory is still looked at.
        self.close()


class FrameSegment:
    """The desk's end: creates, reads and unlinks. Reading and closing belong to one thread at a time."""

    def __init__(self, name: str, width: int, height: int, *, sequence: int = 0) -> None:
        """Make a segment for pictures up to `width` by `height`; numbering goes on after `sequence`.

        Raises Unavailable when the machine has no shared memory left.
        """
        capacity = -(-max(1, width * height) * BYTES_PER_PIXEL // 64) * 64
        with _tracker_lock:
            memory = SharedMemory(name, create=True, size=PIXELS_AT + BUFFERS * capacity)
        try:
            _claim(memory)
        except OSError as error:
            memory.close()
            memory.unlink()
            raise Unavailable(
                "There is no shared memory left for this picture.",
                "The tile stays dark; the others go on.",
                "Show fewer or smaller pictures, or give the machine more shared memory.",
            ) from error
        self._owned = memory
        self._mapped = _Mapped(memory)
        self._first = sequence
        words = self._mapped.words
        words[_CAPACITY], words[_NEWEST], words[_MAGIC_WORD] = capacity, sequence, _MAGIC
        self._lock = threading.Lock()
        self._closed = False

    @property
    def name(self) -> str:
        return self._owned.name

    @property
    def sequence(self) -> int:
        with self._lock:
            return self._first if self._closed else self._mapped.words[_NEWEST]

    @property
    def decoded_at(self) -> float | None:
        """When the stream's last picture was decoded, whether shown or not; None before the first."""
        with self._lock:
            return (None if self._closed else self._mapped.times[_DECODED_AT]) or None

    def read(self, after: int) -> Frame | None:
        """Copy the newest picture if its number is above `after`; None otherwise, which costs little."""
        with self._lock:
            if self._closed:
                return None
            words = self._mapped.words
            for _ in range(BUFFERS):
                newest = words[_NEWEST]
                if newest <= after or newest == self._first:
                    return None
                picture = self._copy(newest)
                if picture is not None:
                    return picture
            return None

    def _copy(self, sequence: int) -> Frame | None:
        slot = _SLOTS_AT + (sequence % BUFFERS) * _SLOT_WORDS
        words = self._mapped.words
        _fence()
        if words[slot + _ENDED] != sequence or words[slot + _BEGUN] != sequence:
            return None
        width, height = words[slot + _WIDTH], words[slot + _HEIGHT]
        decoded_at, size = self._mapped.times[slot + _SLOT_TIME], width * height * BYTES_PER_PIXEL
        if not 0 < size <= words[_CAPACITY]:
            return None
        with self._mapped.buffer(sequence % BUFFERS, size) as view:
            pixels = bytearray(view)
        _fence()
        if words[slot + _BEGUN] != sequence:
            return None
        return Frame(sequence, decoded_at, width, height, width * BYTES_PER_PIXEL, pixels)

    def close(self) -> None:
        """Unmap and unlink. A worker that still has it mapped may go on writing, to no effect."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._first = self._mapped.words[_NEWEST]
            self._mapped.close()
            with contextlib.suppress(FileNotFoundError):
                self._owned.unlink()


def _claim(memory: SharedMemory) -> None:
    """Allocate the pages now: if memory runs short later, a write would kill the process with SIGBUS."""
    descriptor = getattr(memory, "_fd", -1)
    if hasattr(os, "posix_fallocate") and isinstance(descriptor, int) and descriptor >= 0:
        try:
            os.posix_fallocate(descriptor, 0, memory.size)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.EOPNOTSUPP):
                return  # a file system that cannot promise
            raise


class FrameWriter:
    """The worker's end: attaches, fills the next buffer and marks it as the newest. One writer at a time."""

    def __init__(self, name: str) -> None:
        """Raises FileNotFoundError when the desk has removed the segment, ValueError when it is not one of ours."""
        memory = attach(name)
        if memory.size < PIXELS_AT:
            memory.close()
            raise ValueError(f"{name} is too small to hold pictures")
        self._mapped = _Mapped(memory)
        if self._mapped.words[_MAGIC_WORD] != _MAGIC:
            self._mapped.close()
            raise ValueError(f"{name} does not hold pictures")
        self._sequence = self._mapped.words[_NEWEST]

    @property
    def name(self) -> str:
        return self._mapped.name

    def saw(self, decoded_at: float) -> None:
        """Note that a picture was decoded, whether shown or not: the tile's age counts from here."""
        self._mapped.times[_DECODED_AT] = decoded_at

    def begin(self, width: int, height: int) -> memoryview:
        """Return the next buffer, `width` by `height`, BGRX without padding. Release it, then `commit`.

        Raises ValueError when the picture is larger than the segment was made for.
        """
        words, sequence = self._mapped.words, self._sequence + 1
        size = width * height * BYTES_PER_PIXEL
        if not 0 < size <= words[_CAPACITY]:
            raise ValueError(f"{width} by {height} does not fit")
        slot = _SLOTS_AT + (sequence % BUFFERS) * _SLOT_WORDS
        words[slot + _BEGUN] = sequence
        _fence()
        words[slot + _WIDTH], words[slot + _HEIGHT] = width, height
        return self._mapped.buffer(sequence % BUFFERS, size)

    def commit(self, decoded_at: float) -> int:
        """Mark the buffer from `begin` as the newest picture; returns its number."""
        words, sequence = self._mapped.words, self._sequence + 1
        slot = _SLOTS_AT + (sequence % BUFFERS) * _SLOT_WORDS
        self._mapped.times[slot + _SLOT_TIME] = decoded_at
        _fence()
        words[slot + _ENDED] = sequence
        _fence()
        words[_NEWEST] = self._sequence = sequence
        self._mapped.times[_DECODED_AT] = decoded_at
        return sequence

    def close(self) -> None:
        """Unmap; the segment remains with the desk."""
        self._mapped.close()
