"""The two signed steps of a purge: what each person saw when they took it, and whether both are proven."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.key_trust import KeyTrust
from controlroom.audit import details, signed_steps
from controlroom.audit.purges import BEGUN
from controlroom.audit.signatures import moment
from controlroom.audit.signed_steps import Step, digest_of
from controlroom.audit.tables import PurgeRow
from controlroom.care import purge_rows
from controlroom.errors import RuleBroken

KIND = "purge"
_APPROVED = ("approved", *BEGUN)


def proposed(row: PurgeRow) -> Step:
    """The proposal: the day, the retention, the reason and the counts that everybody is shown."""
    shown = (moment(row.cutoff), row.retention_months, row.reason, row.counted)
    return Step(
        KIND, row.reference, "proposed", row.proposed_by, row.proposed_at, digest_of(row.reference, *shown)
    )


def approved(row: PurgeRow) -> Step:
    """The approval of just that proposal."""
    shown = (proposed(row).digest, row.proposed_by, row.answer)
    return Step(
        KIND, row.reference, "approved", row.decided_by, row.decided_at or row.proposed_at, digest_of(*shown)
    )


def require_signed(session: Session, row: PurgeRow) -> None:
    """Raise RuleBroken for a proposal nobody signed."""
    if not signed_steps.is_noted(session, KIND, row.reference, "proposed"):
        raise RuleBroken(
            f"The proposal of {row.reference} bears no signature.",
            "It was put in past the program, and cannot be approved.",
            "Decline it, and tell whoever looks after the audit.",
        )


def proofs(session: Any) -> tuple[list[str], list[str]]:
    """Faults and notes about the steps of every purge that was proposed since people have keys."""
    trust, notes = KeyTrust(session), []
    faults: list[str] = []
    for row in session.scalars(select(PurgeRow).order_by(PurgeRow.id)):
        steps = [proposed(row), *([approved(row)] if row.state in _APPROVED else [])]
        if _is_earlier(session, trust, steps[0]):
            continue
        faults += signed_steps.faults(session, steps, trust.trouble)
        notes += _unapproved(session, trust, steps)
        shown = details.said(row.counted)
        for name, number in purge_rows.taken(session, row.id).items():
            most = shown.get(name, 0)
            if not isinstance(most, int) or number > most:
                faults.append(f"{row.reference} took {number} {name}, but {most} were shown")
    return faults, notes


def _is_earlier(session: Session, trust: KeyTrust, step: Step) -> bool:
    """True for a purge from before people had keys: the chain says so, and nobody signed it."""
    place = trust.place_of(step)
    return (
        place is not None
        and (trust.begun is None or place < trust.begun)
        and not signed_steps.key_of(session, step)
    )


def _unapproved(session: Session, trust: KeyTrust, steps: list[Step]) -> Iterator[str]:
    for step in steps:
        key = signed_steps.key_of(session, step)
        if key and trust.unapproved(step.who, key):
            yield f"{step.words}, with a first key that nobody approved: ask them whether it is theirs"
