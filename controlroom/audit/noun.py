"""Declares the audit trail: a chain that only grows, and the personal text beside it that a purge may delete."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select

from controlroom.audit.earlier_rows import enter_earlier_rows
from controlroom.audit.tables import (
    AuditEntryRow,
    AuditHeadRow,
    AuditRowRow,
    AuditSignatureRow,
    AuditTextRow,
    SignedStepRow,
)
from controlroom.declaration import (
    INSERT,
    READ,
    SELECT,
    UPDATE,
    Noun,
    PersonalText,
    RowPolicy,
    Table,
    allow,
    grows,
    records,
)

_READERS = ("supervisors", "administrators", "auditors")
_THOSE_WHO_READ_IT = allow(" ".join(_READERS), SELECT)
_ALL = "USING (true) WITH CHECK (true)"
# Records that everybody reads: their panels show what was done to them, and who changed one meanwhile is said.
_OPEN = "FOR SELECT USING (subject_kind IN ('bid', 'deployment', 'meeting', 'unit', 'camera'))"
_OF_OPEN = (
    "FOR SELECT USING "
    "(EXISTS (SELECT 1 FROM audit_entries AS entry WHERE entry.sequence = audit_texts.sequence))"
)
_WHOLE = tuple(RowPolicy(f"whole_{group}", _ALL, group) for group in (*_READERS, "owner"))


def due(cutoff: datetime, spared: Sequence[Select]) -> list[Select]:
    """Sequence numbers of texts from before the cutoff, without the entries that `spared` names."""
    query = (
        select(AuditTextRow.sequence)
        .join(AuditEntryRow, AuditEntryRow.sequence == AuditTextRow.sequence)
        .where(AuditEntryRow.at < cutoff)
    )
    return [query.where(*(AuditTextRow.sequence.not_in(each) for each in spared))]


AUDIT = Noun(
    kind="audit",
    words="the audit trail",
    tables=(
        # Nobody writes here but the function `controlroom_append`: see `database/audit_functions.py`.
        grows(
            AuditEntryRow,
            READ,
            "sequence",
            replace_names=("no_replace",),
            policies=(RowPolicy("open_records", _OPEN, "readers"), *_WHOLE),
            uncovered="each link has the hash of the one before",
        ),
        grows(
            AuditRowRow,
            (),
            "id",
            uncovered="they are the digests; the entry above them has one of their list",
        ),
        Table(
            AuditTextRow,
            READ,
            refuses=(UPDATE,),
            keys=("sequence",),
            replace_names=("no_replace",),
            policies=(RowPolicy("open_records", _OF_OPEN, "readers"), *_WHOLE),
            uncovered="the entry it belongs to has its hash",
        ),
        Table(AuditHeadRow, _THOSE_WHO_READ_IT, uncovered="verification compares it with the last link"),
        grows(
            AuditSignatureRow,
            (*_THOSE_WHO_READ_IT, *allow("recorder", INSERT)),
            "id",
            replace_names=("no_replace_id",),
            uncovered="they are signed, and compared with the file of heads",
        ),
        grows(
            SignedStepRow,
            records("supervisors administrators", INSERT),
            "id",
            "kind, subject, step",
            by=("who",),
            called="signature of {subject}, {step}",
            written="at",
        ),
    ),
    changes=("audit signature",),
    actions={
        "audit.exported": "Audit trail exported",
        "audit.key-changed": "Signing key exchanged",
        "audit.heads-refilled": "Lost signed heads written again",
        "audit.rows-entered": "Digests of earlier records entered",
    },
    entered_by={
        "audit.key-changed": ("recorder",),
        "audit.heads-refilled": ("recorder",),
        "audit.rows-entered": (),
    },
    texts=(PersonalText("audit_texts", "texts of the audit trail", AuditTextRow, due),),
    upgraded=enter_earlier_rows,
)
