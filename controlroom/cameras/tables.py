"""Defines the tables of the camera register, and of the small pictures of presets."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from controlroom.cameras.records import Migration, Owner, Protocol, StreamTransport, Transport
from controlroom.database.column_rules import COUNTER, of_form, one_of
from controlroom.database.tables import Base, UtcDateTime

# As `rules.check_new_camera` wants it: up to four letters, perhaps a hyphen, one to four figures.
_FIGURES = "ltrim({0}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"
NUMBER = of_form(
    "^[A-Z]{0,4}-?[0-9]{1,4}$",
    f"length({{0}}) - length({_FIGURES}) <= 4 AND substr({_FIGURES}, 1, 1) GLOB '[-0-9]' "
    f"AND substr({_FIGURES}, 2) NOT GLOB '*[^0-9]*' "
    f"AND length({_FIGURES}) - ({_FIGURES} GLOB '-*') BETWEEN 1 AND 4",
)


SHA256 = of_form("^([0-9a-f]{64})?$", "{0} = '' OR (length({0}) = 64 AND {0} NOT GLOB '*[^0-9a-f]*')")


class CameraRow(Base):
    """One camera; switched off rather than deleted, since other records refer to it."""

    __tablename__ = "cameras"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True, info=NUMBER)
    name: Mapped[str] = mapped_column(String(120))
    street: Mapped[str] = mapped_column(String(120))
    area: Mapped[str] = mapped_column(String(80))
    ward: Mapped[str] = mapped_column(String(80))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    owner: Mapped[str] = mapped_column(String(24), info=one_of(Owner))
    make: Mapped[str] = mapped_column(String(80))
    model: Mapped[str] = mapped_column(String(80))
    migration: Mapped[str] = mapped_column(String(32), info=one_of(Migration))
    transport: Mapped[str] = mapped_column(String(16), info=one_of(Transport))
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
    version: Mapped[int] = mapped_column(Integer, info=COUNTER)  # rises with every change
    protocol: Mapped[str] = mapped_column(String(24), server_default=Protocol.ONVIF, info=one_of(Protocol))
    untried: Mapped[bool] = mapped_column(Boolean, server_default=false())
    certificate: Mapped[str] = mapped_column(String(64), server_default="", info=SHA256)
    stream_certificate: Mapped[str] = mapped_column(String(64), server_default="", info=SHA256)
    stream_transport: Mapped[str] = mapped_column(
        String(16), server_default=StreamTransport.AUTOMATIC, info=one_of(StreamTransport)
    )
    __mapper_args__ = {"version_id_col": version}


class PresetPictureRow(Base):
    """What a camera sees at one of its presets; `preset` and `device` are digests of its token and its address."""

    __tablename__ = "preset_pictures"
    __table_args__ = (
        UniqueConstraint("camera_id", "preset"),
        CheckConstraint("length(picture) BETWEEN 4 AND 20000", name="small"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    camera_id: Mapped[int] = mapped_column(Integer, ForeignKey("cameras.id"))
    preset: Mapped[str] = mapped_column(String(64), info=SHA256)
    device: Mapped[str] = mapped_column(String(64), info=SHA256)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), info=SHA256)
    picture: Mapped[bytes] = mapped_column(LargeBinary)
