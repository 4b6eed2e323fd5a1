"""Defines the tables of meetings and their decisions."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Float, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from controlroom.database.column_rules import COUNTER, of_form, one_of
from controlroom.database.tables import Base, Prose, UtcDateTime
from controlroom.deployments.meetings.records import MeetingState, Outcome, Subject
from controlroom.texts import MINUTES

TIME_OF_DAY = of_form(
    "^([01][0-9]|2[0-3]):[0-5][0-9]$", "{0} GLOB '[01][0-9]:[0-5][0-9]' OR {0} GLOB '2[0-3]:[0-5][0-9]'"
)


class MeetingRow(Base):
    """One meeting; a cancelled one stays and frees its day for another."""

    __tablename__ = "jag_meetings"
    __table_args__ = (
        Index(
            "uq_jag_meetings_one_a_day",
            "day",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    time: Mapped[str] = mapped_column(String(5), info=TIME_OF_DAY)
    place: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(16), info=one_of(MeetingState))
    minutes: Mapped[str] = mapped_column(Prose(MINUTES), default="")
    version: Mapped[int] = mapped_column(Integer, info=COUNTER)  # rises with every change
    __mapper_args__ = {"version_id_col": version}


_BY_MEETING = "meeting_id IS NOT NULL AND about_id IS NULL"


class DecisionRow(Base):
    """One decision; triggers refuse any change. A meeting decides once about a bid and once about its deployment.

    The chair's action has no meeting, and as `ratify_meeting_id` the one that was next when it was recorded. The answer
    to it is a decision of its own, `about_id` it: by the first meeting held since, or by none when its days were over.
    `stands_until` is the last of those days; older actions have none, and the setting says.
    """

    __tablename__ = "jag_decisions"
    __table_args__ = (
        Index(
            "uq_jag_decisions_one_a_meeting",
            "meeting_id",
            "bid_id",
            "subject",
            unique=True,
            sqlite_where=text(_BY_MEETING),
            postgresql_where=text(_BY_MEETING),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), info=one_of(Subject))
    bid_id: Mapped[int] = mapped_column(ForeignKey("bids.id"), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("jag_meetings.id"), index=True)
    ratify_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("jag_meetings.id"), index=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("jag_decisions.id"), unique=True)
    outcome: Mapped[str] = mapped_column(String(16), info=one_of(Outcome))
    decided_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Prose)
    rank: Mapped[int | None] = mapped_column(Integer)
    score: Mapped[float | None] = mapped_column(Float)
    departs: Mapped[bool] = mapped_column(Boolean, default=False)
    signed_off_by: Mapped[str] = mapped_column(String(64), default="")
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stands_until: Mapped[date | None] = mapped_column(Date)
