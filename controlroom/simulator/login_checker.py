"""Checks logins of a simulated camera: WS-Security digests, HTTP and RTSP Digest, and lock-out."""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto

from controlroom.simulator.settings import CameraSettings

_NONCES_KEPT = 4096
_CHALLENGE_LASTS_S = 300.0
_PART = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


class LoginVerdict(Enum):
    """The result of a login."""

    ACCEPTED = auto()
    MISSING = auto()
    REFUSED = auto()
    STALE = auto()
    """Right password, but the challenge has expired: the client should answer a new one."""


class LoginChecker:
    """One camera's account and its count of refusals."""

    def __init__(
        self,
        settings: CameraSettings,
        camera_time: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.realm = f"{settings.make} {settings.number}"
        self.password = settings.password
        self.refused = 0
        """Logins refused since the start."""
        self.accepted = 0
        self._settings = settings
        self._camera_time = camera_time
        self._clock = clock
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._secret = secrets.token_bytes(16)
        self._in_a_row = 0
        self._locked_until = 0.0

    @property
    def locked(self) -> bool:
        """True while the account is locked after too many refusals."""
        return self._clock() < self._locked_until

    def token(self, username: str, digest: str, nonce: str, created: str) -> LoginVerdict:
        """Check a WS-Security UsernameToken with PasswordDigest: account, digest, freshness, first use of the nonce."""
        moment, raw = _moment(created), _decoded(nonce)
        if moment is None or raw is None:
            return self._noted(right=False)
        expected = base64.b64encode(
            hashlib.sha1(raw + created.encode() + self.password.encode(), usedforsecurity=False).digest()
        ).decode()
        right = _same(username, self._settings.username) and _same(digest, expected)
        age = abs((self._camera_time() - moment).total_seconds())
        fresh = age <= self._settings.token_window_s and self._first_use(raw + created.encode())
        return self._noted(right=right and fresh and not self._settings.http_digest_only)

    def challenge(self, *, stale: bool = False, with_qop: bool = True) -> str:
        """Return the value of a WWW-Authenticate header."""
        stamp = f"{int(self._clock()):x}"
        nonce = f"{stamp}.{self._signature(stamp)}.{secrets.token_hex(4)}"
        parts = [f'realm="{self.realm}"', f'nonce="{nonce}"', "algorithm=MD5"]
        if with_qop:
            parts.append('qop="auth"')
        if stale:
            parts.append("stale=TRUE")
        return "Digest " + ", ".join(parts)

    def digest(self, header: str | None, method: str, target: str, *, counted: bool = False) -> LoginVerdict:
        """Check an Authorization header of HTTP or RTSP for this request.

        `counted` insists on qop=auth: without its count an intercepted answer could be sent again.
        """
        if not header:
            return LoginVerdict.MISSING
        scheme, _, rest = header.partition(" ")
        if scheme.lower() != "digest":
            return self._noted(right=False)
        given = {name.lower(): quoted or plain for name, quoted, plain in _PART.findall(rest)}
        right = _same(given.get("response", ""), self._response(given, method))
        right = (
            right and given.get("username") == self._settings.username and given.get("realm") == self.realm
        )
        right = right and _path(given.get("uri", "")) == _path(target)
        right = right and (given.get("qop") == "auth" or not counted)
        if right and not self._own_and_fresh(given):
            return LoginVerdict.STALE
        return self._noted(right=right)

    def _response(self, given: dict[str, str], method: str) -> str:
        account = _md5(f"{self._settings.username}:{self.realm}:{self.password}")
        request = _md5(f"{method}:{given.get('uri', '')}")
        middle = given.get("nonce", "")
        if given.get("qop"):
            middle += f":{given.get('nc', '')}:{given.get('cnonce', '')}:{given['qop']}"
        return _md5(f"{account}:{middle}:{request}")

    def _own_and_fresh(self, given: dict[str, str]) -> bool:
        """Return True when the nonce is ours and recent, and with qop its count has grown (else it is a replay)."""
        nonce = given.get("nonce", "")
        stamp, _, rest = nonce.partition(".")
        if not _same(rest.partition(".")[0], self._signature(stamp)):
            return False
        if self._clock() - int(stamp, 16) > _CHALLENGE_LASTS_S:
            return False
        if not given.get("qop"):
            return True
        try:
            count = int(given.get("nc", "0"), 16)
        except ValueError:
            return False
        grown = count > self._counts.get(nonce, 0)
        self._counts[nonce] = max(count, self._counts.get(nonce, 0))
        while len(self._counts) > _NONCES_KEPT:
            self._counts.popitem(last=False)
        return grown

    def _signature(self, stamp: str) -> str:
        return hmac.new(self._secret, stamp.encode(), hashlib.sha256).hexdigest()[:16]

    def _first_use(self, nonce: bytes) -> bool:
        now = self._clock()
        if nonce in self._seen:
            return False
        self._seen[nonce] = now
        kept_for = 2 * self._settings.token_window_s + 1
        while self._seen and (
            len(self._seen) > _NONCES_KEPT or next(iter(self._seen.values())) < now - kept_for
        ):
            self._seen.popitem(last=False)
        return True

    def _noted(self, *, right: bool) -> LoginVerdict:
        if right and not self.locked:
            self.accepted += 1
            self._in_a_row = 0
            return LoginVerdict.ACCEPTED
        self.refused += 1
        self._in_a_row += 1
        limit = self._settings.lock_after_refusals
        if limit and self._in_a_row >= limit and not self.locked:
            self._locked_until = self._clock() + self._settings.lock_for_s
            self._in_a_row = 0
        return LoginVerdict.REFUSED


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _decoded(nonce: str) -> bytes | None:
    try:
        return base64.b64decode(nonce, validate=True)
    except ValueError:
        return None


def _moment(created: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(created.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _path(target: str) -> str:
    """Return what a request is for, without host, query and trailing slash: clients write it in several ways."""
    path = re.sub(r"^\w+://[^/]*", "", target).partition("?")[0]
    return path.rstrip("/") or "/"
