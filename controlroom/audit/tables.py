"""Defines the tables of the chain, its head and signed heads, the personal text stored beside it, and purges."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from controlroom.database.column_rules import COUNTS, json_of, one_of
from controlroom.database.tables import Base, Prose, UtcDateTime

BIG = BigInteger().with_variant(Integer, "sqlite")
# As `care/purge_records.py` has them, which stands above this package.
PURGE_STATES = ("proposed", "approved", "running", "done", "declined", "withdrawn", "expired")
BYTES = String(160).with_variant(String(160, collation="C"), "postgresql")
"""Text that is sorted by its bytes on both engines, as Python sorts it."""


class AuditEntryRow(Base):
    """One link. `hash` covers every other column and the hash before; triggers refuse any change."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject_kind", "subject"),)

    sequence: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(64), index=True)
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditTextRow(Base):
    """Personal text of an entry, apart from the chain so that it can be purged when its retention ends."""

    __tablename__ = "audit_texts"

    sequence: Mapped[int] = mapped_column(
        BIG, ForeignKey("audit_entries.sequence"), primary_key=True, autoincrement=False
    )
    salt: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)


class AuditRowRow(Base):
    """The digest of a row that an entry wrote (`database/digests.py`); the entry's detail has one digest of them all.

    `sequence` is the entry. `digest` is empty for a row that was removed.
    """

    __tablename__ = "audit_rows"
    __table_args__ = (
        Index("ix_audit_rows_sequence", "sequence"),
        Index("ix_audit_rows_row", "table_name", "row_key", "id"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    sequence: Mapped[int] = mapped_column(BIG)
    table_name: Mapped[str] = mapped_column(BYTES)
    row_key: Mapped[str] = mapped_column(BYTES)
    digest: Mapped[str] = mapped_column(String(64))
    marks: Mapped[str] = mapped_column(String(400))


class AuditHeadRow(Base):
    """One row: the newest link. Locked as a transaction's last step, so that the chain cannot fork."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BIG)
    hash: Mapped[str] = mapped_column(String(64))


class AuditSignatureRow(Base):
    """A head that was signed: this chain, up to `sequence`, ended in `hash`. Stored in a file outside as well."""

    __tablename__ = "audit_signatures"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    sequence: Mapped[int] = mapped_column(BIG, index=True)
    hash: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    public_key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))


class SignedStepRow(Base):
    """A step of something that needs two people, signed by whoever took it (`signed_steps.py`)."""

    __tablename__ = "signed_steps"
    __table_args__ = (UniqueConstraint("kind", "subject", "step"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(32))
    who: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(String(64))
    public_key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))


class PurgeRow(Base):
    """A purge of personal text: proposed by one person, decided by another. Triggers enforce this on both engines.

    `cutoff`: only text written before this moment. `counted` (JSON) is what the approver was shown, `removed` (JSON)
    what is gone, both by the names that nouns count under. `removed_log_texts` and `removed_pictures` say it of purges
    from before revision 0010, whose `removed` is empty.
    """

    __tablename__ = "purges"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('approved', 'running', 'done') OR (decided_by <> '' AND decided_by <> proposed_by)",
            name="two_people",
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True, info=one_of(PURGE_STATES))
    cutoff: Mapped[datetime] = mapped_column(UtcDateTime)
    retention_months: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Prose)
    counted: Mapped[str] = mapped_column(Text, info=json_of(COUNTS))
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Prose, default="")
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed: Mapped[str] = mapped_column(
        Text, default="", server_default="", info=json_of(COUNTS, optional=True)
    )
    removed_log_texts: Mapped[int] = mapped_column(Integer, default=0)
    removed_audit_texts: Mapped[int] = mapped_column(Integer, default=0)
    removed_pictures: Mapped[int] = mapped_column(Integer, default=0)


class PurgedTextRow(Base):
    """A text that is gone: the `number`th of its table under that purge. The database itself writes it."""

    __tablename__ = "purged_texts"

    purge_id: Mapped[int] = mapped_column(BIG, ForeignKey("purges.id"), primary_key=True, autoincrement=False)
    text_table: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    text_key: Mapped[int] = mapped_column(BIG)
