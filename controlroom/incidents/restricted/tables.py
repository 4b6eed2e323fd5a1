"""Restrictions in force. They come and go, so they are rows of their own; the audit keeps who set and lifted them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from controlroom.accounts.tables import UserRow
from controlroom.database.tables import Base, UtcDateTime
from controlroom.incidents.tables import BIG, IncidentRow

RELATED = (IncidentRow, UserRow)  # their tables are known once this module is


class RestrictionRow(Base):
    """An incident that only its readers see."""

    __tablename__ = "incident_restrictions"

    incident_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("incidents.id"), primary_key=True, autoincrement=False
    )
    reason: Mapped[str] = mapped_column(Text)
    restricted_by: Mapped[str] = mapped_column(String(64))
    restricted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReaderRow(Base):
    """One person who sees a restricted incident."""

    __tablename__ = "incident_readers"
    __table_args__ = (Index("ix_incident_readers_user_id", "user_id"),)

    incident_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("incidents.id"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
