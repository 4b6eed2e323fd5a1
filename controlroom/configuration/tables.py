"""Defines the tables of what an administrator chose for the whole room: settings, and the words of its lists."""

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from controlroom.database.column_rules import VALUE, json_of
from controlroom.database.tables import Base, UtcDateTime


class SiteSettingRow(Base):
    """One setting that differs from its default; `value` is JSON. Who changed what is in the audit trail too."""

    __tablename__ = "site_settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text, info=json_of(VALUE))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(64))


class ListRow(Base):
    """A word of a list as somebody left it; the newest row of each word is in force, all of them are the history."""

    __tablename__ = "list_words"
    __table_args__ = (Index("ix_list_words_list_name", "list_name", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    list_name: Mapped[str] = mapped_column(String(40))
    word: Mapped[str] = mapped_column(String(64))
    others: Mapped[str] = mapped_column(String(255))
    marked: Mapped[bool] = mapped_column(Boolean)
    retired: Mapped[bool] = mapped_column(Boolean)
    place: Mapped[int] = mapped_column(Integer)
    what: Mapped[str] = mapped_column(String(16))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(64))
