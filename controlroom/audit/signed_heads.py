"""The key that signs the chain's head from outside the database: Ed25519, in a file that only its owner reads."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from controlroom.audit.records import SignedHead, key_fingerprint
from controlroom.audit.signatures import sign
from controlroom.errors import Unavailable
from controlroom.platform import write_private
from controlroom.small_files import read_bytes

HEAD, RESTORED, KEY = "head", "restored", "key"


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
            key = serialization.load_pem_private_key(read_bytes(path), password=None)
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

    def sign_facts(self, *facts: object) -> str:
        """The signature over other facts than a head: a line of the file of heads, or another key."""
        return sign(self._private, *facts)

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
    except (ValueError, TypeError, InvalidSignature):
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
