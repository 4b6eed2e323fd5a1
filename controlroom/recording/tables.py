"""Defines the tables of camera health, the recorder's jobs and past holds."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from controlroom.cameras.holds.rules import Ending
from controlroom.database.column_rules import one_of
from controlroom.database.tables import Base, UtcDateTime
from controlroom.recording.records import HealthState, RunOutcome


class CameraHealthRow(Base):
    """A camera's present health."""

    __tablename__ = "camera_health"

    camera_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("cameras.id"), primary_key=True, autoincrement=False
    )
    state: Mapped[str] = mapped_column(String(24), info=one_of(HealthState))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    detail: Mapped[str] = mapped_column(String(300))
    answer_ms: Mapped[float | None] = mapped_column(Float)
    clock_drift_s: Mapped[float | None] = mapped_column(Float)


class HealthChangeRow(Base):
    """A camera's change of state: availability over time is computed from these."""

    __tablename__ = "camera_health_changes"
    __table_args__ = (Index("ix_camera_health_changes_camera_id_at", "camera_id", "at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    camera_id: Mapped[int] = mapped_column(Integer, ForeignKey("cameras.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(24), info=one_of(HealthState))
    detail: Mapped[str] = mapped_column(String(300))


class HealthSampleRow(Base):
    """What a check measured, every few minutes; older ones are thinned to one an hour, then deleted."""

    __tablename__ = "camera_health_samples"

    camera_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("cameras.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    state: Mapped[str] = mapped_column(String(24), info=one_of(HealthState))
    answer_ms: Mapped[float | None] = mapped_column(Float)
    clock_drift_s: Mapped[float | None] = mapped_column(Float)


class RecorderJobRow(Base):
    """A periodic job's last run."""

    __tablename__ = "recorder_jobs"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16), info=one_of(RunOutcome))
    words: Mapped[str] = mapped_column(String(500))
    last_run: Mapped[datetime] = mapped_column(UtcDateTime)
    last_done: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CameraHoldRow(Base):
    """A hold that is over: who steered which camera, for how long, and how many movements they ordered."""

    __tablename__ = "camera_holds"
    __table_args__ = (Index("ix_camera_holds_camera_id_ended_at", "camera_id", "ended_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    camera_id: Mapped[int] = mapped_column(Integer, ForeignKey("cameras.id"))
    user_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("users.id"))
    handle: Mapped[str] = mapped_column(String(120))
    desk: Mapped[str] = mapped_column(String(120))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moves: Mapped[int] = mapped_column(Integer)
    ending: Mapped[str] = mapped_column(String(16), info=one_of(Ending))
