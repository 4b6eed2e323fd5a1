"""Defines the log's tables. What is written here stays: the migration's triggers refuse changes on both engines.

Personal text stands in `log_texts` alone. Entries and addenda hold its salted hash, and so does the audit chain, so
that a later dual-controlled purge can take the words away and leave everything else standing and verifiable.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from controlroom.cameras.tables import CameraRow
from controlroom.database.tables import Base, Prose, UtcDateTime

BIG = BigInteger().with_variant(Integer, "sqlite")
_OWN = text("addendum_id IS NULL")  # an entry has one text of its own, and one for each addendum
RELATED = (CameraRow,)  # imported so that its table is defined


class LogEntryRow(Base):
    """One entry. Lists run along (occurred_at, id); each filter has an index that ends in occurred_at."""

    __tablename__ = "log_entries"
    __table_args__ = (
        Index("ix_log_entries_occurred_at_id", "occurred_at", "id"),
        Index("ix_log_entries_camera_number_occurred_at", "camera_number", "occurred_at"),
        Index("ix_log_entries_category_occurred_at", "category", "occurred_at"),
        Index("ix_log_entries_author_occurred_at", "author", "occurred_at"),
        Index("ix_log_entries_cad", "cad"),
        Index("uq_log_entries_entry_key", "entry_key", unique=True),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    late: Mapped[bool] = mapped_column(Boolean)
    author: Mapped[str] = mapped_column(String(64))
    camera_id: Mapped[int | None] = mapped_column(ForeignKey("cameras.id"))
    camera_number: Mapped[str] = mapped_column(String(16))
    place: Mapped[str] = mapped_column(String(120))
    ward: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(64))
    cad: Mapped[str] = mapped_column(String(16))
    snapshot_path: Mapped[str] = mapped_column(String(255), index=True)
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    text_hash: Mapped[str] = mapped_column(String(64))
    entry_key: Mapped[str | None] = mapped_column(String(36))  # of one a desk accepted: written once
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The database was away when it was accepted.
    spooled: Mapped[bool] = mapped_column(Boolean, default=False)
    # Who was connected when it came in, where that was somebody else.
    brought_in_by: Mapped[str] = mapped_column(String(64), default="", server_default="")


class LogAddendumRow(Base):
    """Something added to an entry afterwards; its reason and words are in `log_texts`."""

    __tablename__ = "log_addenda"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("log_entries.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    author: Mapped[str] = mapped_column(String(64))
    text_hash: Mapped[str] = mapped_column(String(64))
    brought_in_by: Mapped[str] = mapped_column(String(64), default="", server_default="")


class LogTextRow(Base):
    """Words someone wrote, and why; belongs to an entry, to an addendum of it, or to a step of an incident.

    `words` is what searching reads: text, place, camera, references and names, in one folding (`folding.py`). A
    full-text index will stand on that column.
    """

    __tablename__ = "log_texts"
    __table_args__ = (
        Index(
            "uq_log_texts_own_of_entry",
            "entry_id",
            unique=True,
            sqlite_where=_OWN,
            postgresql_where=_OWN,
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("log_entries.id"), index=True)
    addendum_id: Mapped[int | None] = mapped_column(ForeignKey("log_addenda.id"), unique=True)
    step_id: Mapped[int | None] = mapped_column(BIG, unique=True)
    salt: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Prose)
    text: Mapped[str] = mapped_column(Prose)
    words: Mapped[str] = mapped_column(Text)
