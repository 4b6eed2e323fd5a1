"""Makes and checks Ed25519 signatures over plain lists of facts; keys and signatures are base64 text."""

import base64
import json
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def public_half(private: Ed25519PrivateKey) -> str:
    """The public key that belongs to a private one."""
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()


def sign(private: Ed25519PrivateKey, *facts: object) -> str:
    """The signature over `facts`, in this order."""
    return base64.b64encode(private.sign(_message(facts))).decode()


def is_signed(public_key: str, signature: str, *facts: object) -> bool:
    """True when the holder of `public_key` signed exactly these facts."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        public.verify(base64.b64decode(signature, validate=True), _message(facts))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def moment(at: datetime) -> str:
    """A moment as it is signed: the same on both engines."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _message(facts: tuple[object, ...]) -> bytes:
    return json.dumps(facts).encode()
