"""How links are made and checked: pure functions, no database."""

import hashlib
import json
from datetime import UTC, datetime

FIRST_HASH = "0" * 64


def text_hash(salt: str, text: str) -> str:
    """SHA-256 of salted personal text, hex; empty for no text.

    The salt keeps a purged short text (a name) from being guessed back from its hash.
    """
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest() if text else ""


def link_hash(
    *,
    sequence: int,
    at: datetime,
    actor: str,
    action: str,
    subject_kind: str,
    subject: str,
    detail: str,
    text_hash: str,
    previous_hash: str,
) -> str:
    """SHA-256 (hex) over all of a link's columns in one fixed order, the previous link's hash among them."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [
        sequence,
        moment,
        actor,
        action,
        subject_kind,
        subject,
        detail,
        text_hash,
        previous_hash,
    ]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()
