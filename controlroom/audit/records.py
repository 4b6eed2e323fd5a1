"""Describes audit entries, signed heads and the outcome of a verification, as pages see them."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

SYSTEM = "Control Room"  # who acts when the calendar does


@dataclass(frozen=True)
class AuditEntry:
    """One entry of the chain. `text` is personal; where a purge took it, `removed` says when and by whom."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject: str
    detail: dict[str, object] = field(default_factory=dict)
    text: str = ""
    removed: str = ""


@dataclass(frozen=True)
class AuditFilter:
    """Which entries. Empty fields do not narrow; `until` is exclusive; every word of `words` must be found."""

    actor: str = ""
    action: str = ""
    kinds: frozenset[str] = frozenset()
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class AuditPart:
    """One page of the trail, newest first; pass `before` back in for older entries (None: there are none)."""

    entries: tuple[AuditEntry, ...]
    before: int | None


@dataclass(frozen=True)
class SignedHead:
    """The chain up to `sequence` ended in `hash` when it was signed. Key and signature are base64 (Ed25519)."""

    sequence: int
    hash: str
    signed_at: datetime
    public_key: str
    signature: str

    @property
    def fingerprint(self) -> str:
        """Short enough to print in a handover and to read out: `4F2A-91C0-77DE`, of the head and its number."""
        return _grouped(f"{self.sequence}:{self.hash}")

    @property
    def key_fingerprint(self) -> str:
        """The same of the key that signed."""
        return key_fingerprint(self.public_key)


def key_fingerprint(public_key: str) -> str:
    """Twelve hex digits of the SHA-256 of a public key (base64), in groups of four."""
    return _grouped(public_key)


def _grouped(text: str) -> str:
    digits = hashlib.sha256(str(text).encode()).hexdigest()[:12].upper()
    return "-".join(digits[start : start + 4] for start in (0, 4, 8))


@dataclass(frozen=True)
class Verification:
    """The outcome of walking the chain: how many entries, what is wrong (first fault first), and what is signed.

    `signed` is the newest head signed by a key this room trusts that still matches the chain; `notes` are no
    faults, but whoever relies on the outcome should know them. `rows`: so many records were compared with digests.
    """

    entries: int
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signed: SignedHead | None = None
    rows: int = 0

    @property
    def fault(self) -> str:
        """The first thing wrong; empty when sound."""
        return self.faults[0] if self.faults else ""

    @property
    def sound(self) -> bool:
        """True when nothing was found wrong."""
        return not self.faults

    @property
    def since_signed(self) -> int:
        """Entries written since the newest head was signed: nothing but the chain itself vouches for these."""
        return self.entries - (self.signed.sequence if self.signed else 0)
