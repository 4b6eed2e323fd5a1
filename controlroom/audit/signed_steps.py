"""Signs the steps of what needs two people, and names those whose signature is missing, not genuine, or twice one hand.

A step is signed by the key of the person who takes it (`accounts/step_keys.py`) over what it is about, who takes it,
when, and a digest of what that person was shown. SQLite cannot check a signature: there its triggers ask that two
stand there, by two people, and `audit verify` judges them. On PostgreSQL the server knows who acts, and a backup
proves itself by them all the same.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.audit.act import Act
from controlroom.audit.signatures import is_signed, moment, public_half, sign
from controlroom.audit.tables import SignedStepRow


@dataclass(frozen=True)
class Step:
    """One step of a record of this `kind`: `digest` covers what was shown to the person who took it."""

    kind: str
    subject: str
    step: str
    who: str
    at: datetime
    digest: str

    @property
    def facts(self) -> tuple[str, ...]:
        """What is signed."""
        about = (self.kind, self.subject, self.step, self.who)
        return ("controlroom step 1", *about, moment(self.at), self.digest)

    @property
    def words(self) -> str:
        """`PUR-2026-00001: proposed by Supervisor 02`."""
        return f"{self.subject}: {self.step} by {self.who}"


def digest_of(*shown: object) -> str:
    """SHA-256 (hex) of what a person was shown."""
    return hashlib.sha256(json.dumps(shown, ensure_ascii=True, default=repr).encode()).hexdigest()


def add(act: Act, key: Ed25519PrivateKey, step: Step) -> None:
    """Write the signature of a step that is taken now."""
    facts = {name: getattr(step, name) for name in ("kind", "subject", "step", "who", "at", "digest")}
    signature = sign(key, *step.facts)
    act.put(SignedStepRow(**facts, public_key=public_half(key), signature=signature))


def is_noted(session: Session, kind: str, subject: str, step: str) -> bool:
    """True when some signature of that step stands there."""
    return _rows(session, kind, subject).get(step) is not None


def key_of(session: Session, step: Step) -> str:
    """The public key that a step's signature names; empty where there is none."""
    row = _rows(session, step.kind, step.subject).get(step.step)
    return row.public_key if row is not None else ""


def faults(session: Session, together: Iterable[Step], belongs: Callable[[Step, str], str]) -> Iterator[str]:
    """What is wrong with the steps of one record that different people have to take.

    `belongs(step, public_key)` says why that key was not its person's at that step; empty when it was.
    """
    hands: dict[str, Step] = {}
    for step in together:
        row = _rows(session, step.kind, step.subject).get(step.step)
        if row is None:
            yield f"{step.words} without a signature"
            continue
        written = Step(row.kind, row.subject, row.step, row.who, row.at, row.digest)
        if not is_signed(row.public_key, row.signature, *written.facts):
            yield f"{step.words}: its signature is not genuine"
        elif written != step:
            yield f"{step.words}: the signature there is of something else ({written.words}, or shown otherwise)"
        elif trouble := belongs(step, row.public_key):
            yield f"{step.words}: {trouble}"
        if (other := hands.setdefault(row.public_key, step)) is not step:
            yield f"{step.words}: signed by the same hand as '{other.step}'; two people are needed"


def _rows(session: Session, kind: str, subject: str) -> dict[str, SignedStepRow]:
    query = select(SignedStepRow).filter_by(kind=kind, subject=subject).order_by(SignedStepRow.id.desc())
    return {row.step: row for row in session.scalars(query)}
