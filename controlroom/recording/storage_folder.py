"""Manages the recorder's storage folder: its identity, the lock of the running recorder, and how desks reach that
one.

identity.json   made once: an id for this storage
recorder.lock   locked by the running recorder; the system releases it however the recorder ends, so the file's mere
                presence means nothing
secret.json     made once, owner-only: the bearer token and the certificate's private key
contact.json    owner-only: where the running recorder listens, its token and the fingerprint desks pin
"""

import contextlib
import hashlib
import ipaddress
import json
import os
import secrets
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from controlroom.clock import SystemClock, process_clock
from controlroom.errors import Conflict, Unavailable
from controlroom.platform import FileLock, owner_only
from controlroom.processes.pinned_https import PinnedEndpoint, PinnedHttps
from controlroom.settings import Settings
from controlroom.small_files import read_json

IDENTITY, LOCK, SECRET, CONTACT = "identity.json", "recorder.lock", "secret.json", "contact.json"
CERTIFICATE_YEARS = 10
TRIES = 5  # at the lock


@dataclass(frozen=True)
class RecorderSecrets:
    """What the recorder and the desks prove themselves to each other with."""

    token: str = field(repr=False)
    certificate: str
    key: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding

        certificate = x509.load_pem_x509_certificate(self.certificate.encode())
        return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


@dataclass(frozen=True)
class RecorderContact(PinnedEndpoint):
    """How a running recorder is reached. `started` is the process's start (epoch seconds), against reused pids."""

    pid: int = 0
    started: float = 0.0
    storage: str = ""

    def ask(self, method: str, path: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make one call over a connection of its own. Raises Unavailable."""
        with closing(PinnedHttps(self)) as line:
            return line.ask(method, path, values)


class RecorderStorage:
    """One storage folder. Nothing is created before `take`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: FileLock | None = None

    @classmethod
    def of(cls, folder: Path, chosen: Settings) -> "RecorderStorage":
        return cls(folder / chosen.recorder_folder)

    def take(self) -> str:
        """Lock the folder until `release` or the process's end; returns its id.

        Raises Conflict when another holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        owner_only(self.folder)
        for _ in range(TRIES):
            self._lock = self._lock or FileLock.take(self.folder / LOCK)
            if self._lock is not None:
                return self._identity()
            time.sleep(0.1)  # a desk that looks whether it is held holds it for a moment
        raise Conflict(
            f"Another recorder holds the storage folder {self.folder}.",
            "Two recorders would write over each other.",
            "Nothing needs to be done: that one serves all desks. See it with: controlroom recorder status",
        )

    def release(self) -> None:
        """Unlock the folder and delete the contact. Does nothing when the folder is not held."""
        if self._lock is None:
            return
        with contextlib.suppress(OSError):
            (self.folder / CONTACT).unlink()
        self._lock.release()
        self._lock = None

    @property
    def held(self) -> bool:
        """True while some process holds the folder."""
        if self._lock is not None or not (self.folder / LOCK).exists():
            return self._lock is not None
        try:
            lock = FileLock.take(self.folder / LOCK)
        except OSError:
            return False
        if lock is not None:
            lock.release()
        return lock is None

    @property
    def intact(self) -> bool:
        """False when the folder was removed, or replaced by another, while a recorder held it."""
        return self._lock is not None and self._lock.still_there

    def secrets(self) -> RecorderSecrets:
        """Return the token and certificate, made at the first call."""
        path = self.folder / SECRET
        known = _read_json(path)
        try:
            return RecorderSecrets(**known)
        except TypeError:
            made = RecorderSecrets(secrets.token_urlsafe(32), *_certificate())
            write_private(path, asdict(made))
            return made

    def announce(self, contact: RecorderContact) -> None:
        """Tell desks on this computer where to find the recorder."""
        write_private(self.folder / CONTACT, asdict(contact))

    def contact(self) -> RecorderContact | None:
        """Return where the recorder was last announced; None when it was not, or the file cannot be read."""
        return read_contact(self.folder / CONTACT)

    def _identity(self) -> str:
        path = self.folder / IDENTITY
        known = _read_json(path).get("storage")
        if isinstance(known, str) and known:
            return known
        storage = str(uuid4())
        write_private(path, {"storage": storage, "made": process_clock().now().isoformat(timespec="seconds")})
        return storage


def read_contact(path: Path) -> RecorderContact | None:
    """Read a contact from its file; None when there is none or it is damaged."""
    try:
        return RecorderContact(**_read_json(path))
    except TypeError:
        return None


def write_private(path: Path, values: object) -> None:
    """Write `values` as JSON to a file only the owner may read, completely or not at all. Raises Unavailable."""
    draft = path.with_suffix(".new")
    try:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(values, file)
        draft.replace(path)
    except OSError as error:
        raise Unavailable(
            f"The recorder cannot write {path}: {error.strerror or error}.",
            remedy="Free space on the disk or make the folder writable; it is tried again.",
        ) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return read_json(path, dict[str, Any])
    except (OSError, ValueError):
        return {}


def _certificate() -> tuple[str, str]:
    """Make a self-signed certificate and its key, PEM. Desks compare its fingerprint; names in it are for people."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Control Room recorder")])
    now = SystemClock().now()  # TLS libraries look at the computer's clock, also in a demonstration
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * CERTIFICATE_YEARS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), private.decode()
