"""Declares the audit trail: a chain that only grows, and the personal text beside it that a purge may delete."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select

from controlroom.audit.tables import AuditEntryRow, AuditHeadRow, AuditSignatureRow, AuditTextRow
from controlroom.declaration import (
    DELETE,
    INSERT,
    SELECT,
    UPDATE,
    Grant,
    Noun,
    PersonalText,
    RowPolicy,
    Table,
    grows,
)

_ALL = "USING (true) WITH CHECK (true)"
# A desk with nobody signed in may enter that a sign-in was refused, and nothing else.
_REFUSED_SIGN_IN = "FOR INSERT WITH CHECK (actor = 'nobody' AND action LIKE 'sign-in.%')"


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
        grows(
            AuditEntryRow,
            (Grant("readers", (INSERT,)), Grant("desk", (INSERT,)), Grant("auditors", (SELECT,))),
            "sequence",
            replace_names=("no_replace",),
            policies=(
                RowPolicy("audit_readers", _ALL, "readers"),
                RowPolicy("audit_auditors", _ALL, "auditors"),
                RowPolicy("refused_sign_in", _REFUSED_SIGN_IN, "desk"),
            ),
        ),
        Table(
            AuditTextRow,
            (Grant("readers", (INSERT,)), Grant("auditors", (SELECT,)), Grant("writers", (DELETE,))),
            refuses=(UPDATE,),
            keys=("sequence",),
            replace_names=("no_replace",),
        ),
        Table(AuditHeadRow, (Grant("readers", (SELECT, UPDATE)), Grant("desk", (SELECT, UPDATE)))),
        grows(
            AuditSignatureRow,
            (Grant("auditors", (SELECT,)), Grant("recorder", (INSERT,))),
            "id",
            replace_names=("no_replace_id",),
        ),
    ),
    changes=("audit signature",),
    actions={"audit.exported": "Audit trail exported", "audit.key-changed": "Signing key exchanged"},
    texts=(PersonalText("audit_texts", "texts of the audit trail", AuditTextRow, due),),
)
