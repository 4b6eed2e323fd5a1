"""Protects the chain from outside the database: the key that signs its head, and the file of signed heads.

Whoever cuts the chain's tail and its head row can do the same to the table of signatures, but not to the file, which
lies elsewhere (a setting): on a server share, or a stick that is changed with the shift. Its lines are only ever
appended, each on the disk before it counts. The key is Ed25519, in a file that only its owner reads.
"""

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from controlroom.audit.records import SignedHead, key_fingerprint
from controlroom.codec import from_plain, to_plain
from controlroom.errors import Unavailable
from controlroom.platform import owner_only, sync_folder, write_private

HEAD, RESTORED = "head", "restored"


class SigningKey:
    """Signs heads. `public` is its public half (base64), which is printed and handed on."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = base64.b64encode(private.public_key().public_bytes_raw()).decode()

    @property
    def fingerprint(self) -> str:
        """Short form of the public half."""
        return key_fingerprint(self.public)

    @classmethod
    def load(cls, path: Path) -> "SigningKey":
        """The key in `path`; raises Unavailable when it is lost or is no such key."""
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except FileNotFoundError as error:
            raise _no_key(f"The signing key {path} is not there.", "key file") from error
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _no_key(f"The file {path} is not a signing key of this program.") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise _no_key(f"The file {path} is not a signing key of this program.")
        return cls(key)

    @classmethod
    def create(cls, path: Path) -> "SigningKey":
        """A new key in a new file; raises Unavailable when it cannot be written or one is there."""
        key = Ed25519PrivateKey.generate()
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            write_private(path, text, replace=False)
        except OSError as error:
            raise Unavailable(
                f"The signing key {path} cannot be made: {error.strerror or error}.",
                "The head of the audit chain was not signed.",
                "Check that folder and its disk.",
            ) from error
        return cls(key)

    def sign(self, kind: str, sequence: int, hash_: str, at: datetime) -> SignedHead:
        """Sign the head `sequence`, `hash_` (hex) as of `at`."""
        signature = self._private.sign(_message(kind, sequence, hash_, at))
        return SignedHead(sequence, hash_, at, self.public, base64.b64encode(signature).decode())


def is_genuine(head: SignedHead, kind: str) -> bool:
    """True when the signature was made over exactly this head by the key written beside it."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(head.public_key, validate=True))
        signature = base64.b64decode(head.signature, validate=True)
        public.verify(signature, _message(kind, head.sequence, head.hash, head.signed_at))
    except (ValueError, InvalidSignature):
        return False
    return True


def _message(kind: str, sequence: int, hash_: str, at: datetime) -> bytes:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(["controlroom audit", 1, kind, sequence, hash_, moment]).encode()


def _no_key(what: str, file: str = "right key file") -> Unavailable:
    return Unavailable(
        what,
        "The audit chain goes on and can be verified, but its head is not signed any more.",
        f"Put the {file} back, or begin with a new one: controlroom audit key --new.",
    )


@dataclass(frozen=True)
class HeadsLine:
    """One line: a signed head, or (signed too) that the database was set back to one by a restore."""

    kind: str
    head: SignedHead


class HeadsFile:
    """The signed heads in `path`."""

    def __init__(self, path: Path) -> None:
        self.path, self.unreadable = path, 0

    def append(self, line: HeadsLine) -> None:
        """Add a line and wait until it is on the disk; raises Unavailable."""
        text = json.dumps({"kind": line.kind, **to_plain(line.head)}) + "\n"
        try:
            fresh = not self.path.exists()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                if not fresh and not self._ends_in_line_end():
                    text = "\n" + text  # a line cut short by a power cut must not run into this one
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            if fresh:
                owner_only(self.path)
                sync_folder(self.path.parent)
        except OSError as error:
            raise Unavailable(
                f"The file of signed heads {self.path} cannot be written: {error.strerror or error}.",
                "The head of the audit chain was not signed.",
                "Free or mend that disk; the next hour tries again.",
            ) from error

    def lines(self) -> Iterator[HeadsLine]:
        """Every whole line, oldest first; those that cannot be read are left out (`unreadable` counts them)."""
        self.unreadable = 0
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for raw in filter(bytes.strip, file):
                try:
                    yield _parse(raw)
                except (ValueError, KeyError, TypeError):
                    self.unreadable += 1

    def _ends_in_line_end(self) -> bool:
        with self.path.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return True
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"


def _parse(raw: bytes) -> HeadsLine:
    given = json.loads(raw)
    if given["kind"] not in (HEAD, RESTORED):
        raise ValueError("no such kind of line")
    return HeadsLine(given["kind"], from_plain(SignedHead, given))
