"""Defines the tables of incidents, their cameras, entries and steps. Their words stand in `log_texts`."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from controlroom.accounts.tables import UserRow
from controlroom.cameras.tables import CameraRow
from controlroom.database.column_rules import COUNTER, one_of
from controlroom.database.tables import Base, Prose, UtcDateTime
from controlroom.incidents.records import IncidentState, Origin, Result, StepKind, Theme
from controlroom.log.tables import BIG, LogEntryRow, LogTextRow

RELATED = (CameraRow, LogEntryRow, UserRow)  # imported so that their tables are defined


class IncidentRow(Base):
    """An incident as it stands now; how it came there is in its steps. Once approved only reopening changes it."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_occurred_at_id", "occurred_at", "id"),
        Index("ix_incidents_state_occurred_at", "state", "occurred_at"),
        Index("ix_incidents_category_occurred_at", "category", "occurred_at"),
        Index("ix_incidents_opened_by_occurred_at", "opened_by", "occurred_at"),
        Index("ix_incidents_ward_occurred_at", "ward", "occurred_at"),
        Index("ix_incidents_cad", "cad"),
        Index("ix_incidents_crime_reference", "crime_reference"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(24), info=one_of(IncidentState))
    category: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(16), info=one_of(Origin))
    place: Mapped[str] = mapped_column(String(120))
    ward: Mapped[str] = mapped_column(String(80))
    cad: Mapped[str] = mapped_column(String(16))
    crime_reference: Mapped[str] = mapped_column(String(32))
    result: Mapped[str] = mapped_column(String(32), info=one_of(Result, optional=True))
    outcome: Mapped[str] = mapped_column(String(64))
    theme: Mapped[str] = mapped_column(String(16), server_default="", info=one_of(Theme, optional=True))
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer, info=COUNTER)


class IncidentCameraRow(Base):
    """A camera an incident was seen on, the first one first."""

    __tablename__ = "incident_cameras"
    __table_args__ = (Index("ix_incident_cameras_camera_number", "camera_number", "incident_id"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    place_in_order: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"))
    camera_number: Mapped[str] = mapped_column(String(16))


class IncidentEntryRow(Base):
    """Which incident an entry belongs to: at most one. Apart from the entry, which cannot change once written."""

    __tablename__ = "incident_entries"

    entry_id: Mapped[int] = mapped_column(ForeignKey("log_entries.id"), primary_key=True, autoincrement=False)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    linked_by: Mapped[str] = mapped_column(String(64))


class IncidentStepRow(Base):
    """One step of an incident's history: opened, moved, an agency informed, amended, an addendum."""

    __tablename__ = "incident_steps"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16), info=one_of(StepKind))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    author: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(24), info=one_of(IncidentState, optional=True))
    to_state: Mapped[str] = mapped_column(String(24), info=one_of(IncidentState, optional=True))
    agency: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(String(32), info=one_of(Result, optional=True))
    outcome: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))


class IncidentSignatureRow(Base):
    """The signature of whoever submitted or approved an incident (`signatures.py`), beside that step."""

    __tablename__ = "incident_signatures"

    step_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("incident_steps.id"), primary_key=True, autoincrement=False
    )
    who: Mapped[str] = mapped_column(String(64))
    public_key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))


class RestrictionRow(Base):
    """An incident that only its readers see. It comes and goes; the audit says who set and lifted it."""

    __tablename__ = "incident_restrictions"

    incident_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("incidents.id"), primary_key=True, autoincrement=False
    )
    reason: Mapped[str] = mapped_column(Prose)
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


# A text may belong to a step. The log does not know incidents, so the reference is declared here.
LogTextRow.__table__.c.step_id.append_foreign_key(ForeignKey("incident_steps.id"))
