"""Defines the table of the camera register."""

from datetime import datetime

from sqlalchemy import Boolean, Float, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from controlroom.database.tables import Base, UtcDateTime


class CameraRow(Base):
    """One camera; switched off rather than deleted, since other records refer to it."""

    __tablename__ = "cameras"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    street: Mapped[str] = mapped_column(String(120))
    area: Mapped[str] = mapped_column(String(80))
    ward: Mapped[str] = mapped_column(String(80))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    owner: Mapped[str] = mapped_column(String(24))
    make: Mapped[str] = mapped_column(String(80))
    model: Mapped[str] = mapped_column(String(80))
    migration: Mapped[str] = mapped_column(String(32))
    transport: Mapped[str] = mapped_column(String(16))
    retention_days: Mapped[int] = mapped_column(Integer)
    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int] = mapped_column(Integer)
    username: Mapped[str] = mapped_column(String(64))
    password_sealed: Mapped[str] = mapped_column(Text)
    main_stream: Mapped[str] = mapped_column(String(500))
    sub_stream: Mapped[str] = mapped_column(String(500))
    has_ptz: Mapped[bool] = mapped_column(Boolean)
    abilities: Mapped[str] = mapped_column(String(255))
    clock_drift_s: Mapped[float | None] = mapped_column(Float)
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)  # rises with every change
    __mapper_args__ = {"version_id_col": version}
