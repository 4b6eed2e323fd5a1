"""Encrypts what must be readable again (camera passwords) with the site key, which is stored outside the database.

A key is made once, for a room that has encrypted nothing yet. If something is encrypted and the key is lost, does
not fit or cannot be read, no other one is made automatically: the room goes on without it, says so, and an
administrator imports the key again (`controlroom site-key import`) or has a new one made and the passwords entered
anew.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from controlroom.codec import from_json, to_plain
from controlroom.errors import InvalidInput, Unavailable
from controlroom.logs import keep_out
from controlroom.platform import write_private
from controlroom.small_files import read_bytes, read_text

FILE_NAME = "site.key"
SHORTEST_PASSPHRASE = 12
_KIND = "controlroom site key"
# OWASP's password storage guidance for scrypt: N=2^17, r=8, p=1 (128 MB, about half a second).
_SCRYPT = {"n": 2**17, "r": 8, "p": 1}
_REMEDY = (
    "Bring it back with `controlroom site-key import`, "
    "or have a new key made and enter the camera passwords anew."
)


class SiteKey:
    """Encrypts and decrypts short secrets (AES-128-CBC with HMAC-SHA256, the Fernet format)."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._fernet: Fernet | None = Fernet(key)
        self.trouble: Unavailable | None = None

    @classmethod
    def without(cls, trouble: Unavailable) -> "SiteKey":
        """Make an empty key: encrypting and decrypting raise `trouble`, until `take` brings a real one."""
        made = cls(Fernet.generate_key())
        made._fernet, made._key, made.trouble = None, b"", trouble
        return made

    @classmethod
    def load(cls, path: Path) -> "SiteKey":
        """Load the key in `path`. Raises FileNotFoundError without one, Unavailable when it cannot be used."""
        try:
            return cls(read_bytes(path).strip())
        except FileNotFoundError:
            raise
        except (OSError, ValueError) as error:
            reason = (
                (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it holds no key"
            )
            raise Unavailable(
                f"The site key {path} cannot be read ({reason}).",
                "It was left as it is. Without it no camera password can be read.",
                _REMEDY,
            ) from error

    @classmethod
    def make(cls, path: Path) -> "SiteKey":
        """Make a new key in `path`, for its owner alone. Raises FileExistsError rather than replace one."""
        key = Fernet.generate_key()
        write_private(path, key, replace=False)
        return cls(key)

    @classmethod
    def load_or_create(cls, path: Path) -> "SiteKey":
        """Load the key in `path`, or make it when there is none. Only for a room that has encrypted nothing."""
        try:
            return cls.load(path)
        except FileNotFoundError:
            return cls.make(path)

    @property
    def fingerprint(self) -> str:
        """Return twelve characters that tell keys apart and give nothing away; empty without a key."""
        return hashlib.sha256(self._key).hexdigest()[:12] if self._key else ""

    def take(self, other: "SiteKey") -> None:
        """Become `other`, so that everyone who holds this key goes on with it."""
        self._key, self._fernet, self.trouble = other._key, other._fernet, other.trouble

    def seal(self, secret: str) -> str:
        """Encrypt `secret`; returns text."""
        return self._usable().encrypt(secret.encode()).decode() if secret else ""

    def open(self, sealed: str) -> str:
        """Decrypt the secret; raises Unavailable when another key encrypted it."""
        if not sealed:
            return ""
        try:
            secret = self._usable().decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise Unavailable(
                "A camera password cannot be read: the site key does not fit.",
                remedy="Put back the key file that belongs to this database, or enter the password again.",
            ) from error
        keep_out(secret)
        return secret

    def fits(self, sealed: Sequence[str]) -> bool:
        """Return True when this key decrypts any of `sealed`, or there is nothing to decrypt."""
        for each in filter(None, sealed):
            try:
                self.open(each)
            except Unavailable:
                continue
            return True
        return not any(sealed)

    def _usable(self) -> Fernet:
        if self._fernet is None:
            assert self.trouble is not None
            raise Unavailable(self.trouble.what, self.trouble.meaning, self.trouble.remedy)
        return self._fernet


def for_room(path: Path, sealed: Sequence[str] | None) -> SiteKey:
    """Return the key of a room that has encrypted `sealed` (None: not known before somebody signs in).

    It never raises for a key that is lost, wrong or unreadable: `trouble` says what that means and what to do.
    """
    unreachable = "Those cameras cannot be reached; everything else goes on."
    try:
        key = SiteKey.load(path)
    except FileNotFoundError:
        if sealed is not None and not any(sealed):
            return SiteKey.make(path)
        count = sum(map(bool, sealed or ()))
        whose = f"{count} camera passwords are sealed with it" if count else "this desk has none yet"
        what, left = f"The site key is missing: {whose}.", "No other key was made."
        return SiteKey.without(Unavailable(what, f"{unreachable} {left}", _REMEDY))
    except Unavailable as trouble:
        return SiteKey.without(trouble)
    if sealed is None or key.fits(sealed):
        return key
    what = f"The site key {path} is not the one of this database: it opens none of its camera passwords."
    return SiteKey.without(Unavailable(what, f"{unreachable} The file was left as it is.", _REMEDY))


@dataclass(frozen=True)
class _SealedKey:
    """The file in which a key travels: `sealed` opens with the passphrase and the `salt`."""

    salt: bytes
    sealed: str
    fingerprint: str
    kind: str = _KIND
    version: int = 1


def seal_for_travel(path: Path, passphrase: str) -> str:
    """Encrypt the key in `path` with a passphrase, as text for a file. Raises InvalidInput for a short passphrase."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InvalidInput(
            "The passphrase is too short.", remedy=f"Use at least {SHORTEST_PASSPHRASE} characters."
        )
    try:
        key = SiteKey.load(path)
    except FileNotFoundError as error:
        raise Unavailable(
            f"There is no site key at {path}.", remedy="Name the data folder of a desk."
        ) from error
    salt = secrets.token_bytes(16)
    lock = Fernet(_from_passphrase(passphrase, salt))
    content = _SealedKey(salt, lock.encrypt(key._key).decode(), key.fingerprint)
    return json.dumps(to_plain(content), indent=1) + "\n"


def read_sealed(path: Path) -> str:
    """What stands in a file that `seal_for_travel` wrote. Raises InvalidInput where it cannot be read."""
    try:
        return read_text(path)
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"{path} cannot be read.", remedy="Name the file in full.", field="file"
        ) from error


def open_from_travel(text: str, passphrase: str) -> SiteKey:
    """Decrypt what `seal_for_travel` wrote. Raises InvalidInput for another file or a wrong passphrase."""
    try:
        content = from_json(_SealedKey, text)
        if (content.kind, content.version) != (_KIND, 1):
            raise ValueError("another kind of file")
    except ValueError as error:
        raise InvalidInput(
            "This is not a site key that `controlroom site-key export` wrote.",
            remedy="Export it again at a desk that has it.",
        ) from error
    try:
        lock = Fernet(_from_passphrase(passphrase, content.salt))
        return SiteKey(lock.decrypt(content.sealed.encode()))
    except (InvalidToken, ValueError) as error:
        raise InvalidInput(
            "The passphrase does not open this file, or the file was changed.", remedy="Type it again."
        ) from error


def put_in_place(key: SiteKey, path: Path, now: datetime, *, replace: bool) -> Path | None:
    """Write `key` to `path`; an existing key is set aside beside it, and its new place returned.

    Raises InvalidInput when another key is there and `replace` is not given.
    """
    aside = None
    if path.exists():
        try:
            if SiteKey.load(path).fingerprint == key.fingerprint:
                return None
        except Unavailable:
            pass  # unreadable: set aside like a wrong one, never overwritten
        if not replace:
            raise InvalidInput(
                f"There is another site key at {path}.",
                "What it sealed can only be read with it.",
                "Say --replace to set it aside and use the imported one.",
            )
        aside = path.with_name(f"{path.name}.set-aside-{now:%Y%m%dT%H%M%S}")
        path.rename(aside)
    write_private(path, key._key, replace=False)
    return aside


def _from_passphrase(passphrase: str, salt: bytes) -> bytes:
    return base64.urlsafe_b64encode(Scrypt(salt=salt, length=32, **_SCRYPT).derive(passphrase.encode()))
