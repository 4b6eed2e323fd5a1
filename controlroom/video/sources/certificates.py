"""Remembers the certificate each camera showed first, so that another one is noticed.

Cameras sign their own certificates, so nobody vouches for them; as with SSH, the first one is trusted and a later one
must be the same.
"""

import hashlib
import logging
import os
from pathlib import Path
from urllib.parse import quote

from controlroom.small_files import read_text
from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, host_and_port, place

log = logging.getLogger(__name__)


class KnownCertificates:
    """The SHA-256 of each device's certificate, one small file a host and port; all processes of a desk share them.

    A folder that cannot be read or written costs the check (logged), not the picture.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._refused: dict[Path, str] = {}

    def check(self, address: StreamAddress, certificate: bytes) -> None:
        """Raise StreamError when the device at the checked `address` showed another `certificate` (DER) before."""
        shown, path = hashlib.sha256(certificate).hexdigest(), self._path(address)
        try:
            known = read_text(path) if path.exists() else ""
            if not known:
                self._store(path, shown)
        except (OSError, ValueError):
            log.warning("the certificate of %s could not be compared", path.stem, exc_info=True)
            return
        if known and known != shown:
            self._refused[path] = shown
            raise StreamError(
                StreamFault.CERTIFICATE_CHANGED,
                "The camera shows another certificate than before.",
                "It was reset or replaced, or something else answers in its place; no password was sent.",
                "Find out which before the new one is trusted.",
            )

    def trust(self, address: StreamAddress) -> None:
        """Trust the certificate that was refused last, and no other, because someone may and said so."""
        path = self._path(address)
        if (refused := self._refused.pop(path, None)) is not None:
            try:
                self._store(path, refused)
            except OSError:
                log.warning("the certificate of %s could not be stored", path.stem, exc_info=True)

    def _store(self, path: Path, shown: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(shown, encoding="ascii")
        draft.replace(path)

    def _path(self, address: StreamAddress) -> Path:
        return self._folder / f"{quote(host_and_port(*place(address)), safe='')}.sha256"
