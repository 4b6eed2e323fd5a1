"""Defines the table of what an administrator chose for the whole room."""

from datetime import datetime

from sqlalchemy import String, Text
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
