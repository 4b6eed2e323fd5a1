"""Defines the table of RDC units."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from controlroom.database.column_rules import COUNTER, one_of
from controlroom.database.tables import Base, UtcDateTime
from controlroom.deployments.units.records import UnitState


class UnitRow(Base):
    """One unit; taken out of use, never deleted. Its row is locked while a deployment takes or frees it."""

    __tablename__ = "rdc_units"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    asset: Mapped[str] = mapped_column(String(16), unique=True)
    make: Mapped[str] = mapped_column(String(80))
    model: Mapped[str] = mapped_column(String(80))
    sim: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16), info=one_of(UnitState))
    note: Mapped[str] = mapped_column(String(255), default="")
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    camera_id: Mapped[int | None] = mapped_column(ForeignKey("cameras.id"))
    version: Mapped[int] = mapped_column(Integer, info=COUNTER)  # rises with every change
    __mapper_args__ = {"version_id_col": version}
