"""Logs in to cameras: answers their challenges, and sends a wrong password once and not again until someone acts.

Challenges are HTTP Digest (MD5, SHA-256) and Basic, as both RTSP and HTTP use them. Many streams may share one device
and login (an encoder with sixteen channels); if all of them tried a wrong password at once, the account would be
locked. Therefore one stream at a time tries a login that is not known to be good.
"""

import contextlib
import hashlib
import math
import re
import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence

from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError, place

LoginKey = tuple[str, int, str, str]
# After that it may have been changed on the device: one stream tries it again before the others do.
GOOD_FOR_S = 10.0
_PAIR = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def login_key(address: StreamAddress) -> LoginKey:
    """Return what makes two logins the same: device, user and password of a checked address."""
    return (*place(address), address.username, address.password)


class LoginAttempts:
    """What is known of each login: good, refused, or being tried. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._good_at: dict[LoginKey, float] = {}
        self._refused: dict[LoginKey, StreamError] = {}
        self._trying: dict[LoginKey, threading.Lock] = {}

    def forget(self, address: StreamAddress) -> None:
        """Allow a refused login to be tried again, because someone acted."""
        with self._lock:
            self._refused.pop(login_key(address), None)

    @contextlib.contextmanager
    def turn(self, address: StreamAddress) -> Iterator[None]:
        """Let the caller send the login inside the block.

        Raises the remembered StreamError if it was refused before.
        """
        key = login_key(address)
        with self._lock:
            known_good = time.monotonic() - self._good_at.get(key, -math.inf) < GOOD_FOR_S
            trying = self._trying.setdefault(key, threading.Lock())
        with contextlib.nullcontext() if known_good else trying:
            with self._lock:
                if (refusal := self._refused.get(key)) is not None:
                    raise StreamError(refusal.fault, refusal.what, refusal.meaning, refusal.remedy)
            try:
                yield
            except StreamError as error:
                with self._lock:
                    self._good_at.pop(key, None)
                    if error.fault is StreamFault.REFUSED_PASSWORD:
                        self._refused[key] = error
                raise
            with self._lock:
                self._good_at[key] = time.monotonic()


def answer(challenges: Sequence[str], method: str, uri: str, username: str, password: str) -> str | None:
    """Return the Authorization header for the best challenge offered; None when none of them is known."""
    best: str | None = None
    for challenge in challenges:
        scheme, _, rest = challenge.strip().partition(" ")
        parts = {name.lower(): quoted or bare for name, quoted, bare in _PAIR.findall(rest)}
        if scheme.lower() == "digest" and parts.get("algorithm", "MD5").upper() in _HASHES:
            return _digest(parts, method, uri, username, password)
        if scheme.lower() == "basic":
            best = "Basic " + b64encode(f"{username}:{password}".encode()).decode()
    return best


def _digest(parts: dict[str, str], method: str, uri: str, username: str, password: str) -> str:
    algorithm = parts.get("algorithm", "MD5").upper()
    realm, nonce = parts.get("realm", ""), parts.get("nonce", "")

    def hashed(text: str) -> str:
        return _HASHES[algorithm](text.encode()).hexdigest()

    who, what = hashed(f"{username}:{realm}:{password}"), hashed(f"{method}:{uri}")
    fields = [f'username="{username}"', f'realm="{realm}"', f'nonce="{nonce}"', f'uri="{uri}"']
    if "auth" in [each.strip() for each in parts.get("qop", "").split(",")]:
        count, own = "00000001", secrets.token_hex(8)
        response = hashed(f"{who}:{nonce}:{count}:{own}:auth:{what}")
        fields += ["qop=auth", f"nc={count}", f'cnonce="{own}"']
    else:
        response = hashed(f"{who}:{nonce}:{what}")
    fields.append(f'response="{response}"')
    if "algorithm" in parts:
        fields.append(f"algorithm={parts['algorithm']}")
    if "opaque" in parts:
        fields.append(f'opaque="{parts["opaque"]}"')
    return "Digest " + ", ".join(fields)
