"""Defines the tables of bids and their scores."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Float, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from controlroom.database.column_rules import COUNTER, TEXTS, json_of, one_of
from controlroom.database.tables import Base, Prose, UtcDateTime
from controlroom.deployments.bids.records import BidState


class BidRow(Base):
    """One bid. `version` rises with every edit of its content, so that two editors are told of each other."""

    __tablename__ = "bids"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(24), index=True, info=one_of(BidState))
    version: Mapped[int] = mapped_column(Integer, default=1, info=COUNTER)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))
    submitted_on: Mapped[date | None] = mapped_column(Date)
    question: Mapped[str] = mapped_column(Prose, default="")
    reason: Mapped[str] = mapped_column(Prose, default="")
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("jag_meetings.id"), index=True)

    partner: Mapped[str] = mapped_column(String(80))
    contact: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(120))
    ward: Mapped[str] = mapped_column(String(80))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    objectives: Mapped[str] = mapped_column(String(255), info=json_of(TEXTS))
    reports_3_months: Mapped[int | None] = mapped_column(Integer)
    reports_12_months: Mapped[int | None] = mapped_column(Integer)
    evidence: Mapped[str] = mapped_column(Prose)
    causes: Mapped[str] = mapped_column(Prose)
    tried: Mapped[str] = mapped_column(Prose)
    less_intrusive: Mapped[str] = mapped_column(Prose)
    overlooked_homes: Mapped[str] = mapped_column(Prose)
    times_of_concern: Mapped[str] = mapped_column(Prose)
    success_measures: Mapped[str] = mapped_column(Prose)
    plan: Mapped[str] = mapped_column(Prose)
    agencies: Mapped[str] = mapped_column(Prose, info=json_of(TEXTS))
    beyond_one_agency: Mapped[bool] = mapped_column(Boolean)
    medium_term_plan: Mapped[bool] = mapped_column(Boolean)
    agencies_committed: Mapped[bool] = mapped_column(Boolean)

    score: Mapped[float | None] = mapped_column(Float)
    nearest_number: Mapped[str] = mapped_column(String(16), default="")
    nearest_name: Mapped[str] = mapped_column(String(120), default="")
    nearest_m: Mapped[float | None] = mapped_column(Float)
    nearest_usable_m: Mapped[float | None] = mapped_column(Float)
    lines: Mapped[list["BidScoreRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="BidScoreRow.position"
    )


class BidScoreRow(Base):
    """One part of a bid's score, with the weight it had when it was given."""

    __tablename__ = "bid_scores"

    bid_id: Mapped[int] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(24), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(60))
    given: Mapped[int] = mapped_column(Integer)
    weight: Mapped[float] = mapped_column(Float)
    points: Mapped[float] = mapped_column(Float)
    note: Mapped[str] = mapped_column(Prose)
