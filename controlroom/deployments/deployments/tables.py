"""Defines the tables of deployments, their periods and their alerts."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from controlroom.database.column_rules import COUNTER, one_of
from controlroom.database.tables import Base, Prose, UtcDateTime
from controlroom.deployments.deployments.records import CheckKind, DeploymentState, Dpia

# The states in which a unit hangs on a column; the migration says the same in SQL of its own.
UP_SQL = "state IN ('installed', 'live', 'review due', 'extended', 'suspended', 'ending')"


class DeploymentRow(Base):
    """One deployment.

    The database itself enforces rule 2 (docs/rules.md): a unit hangs in one place (a unique index over those that
    are up), stays do not overlap (triggers over `stays_from` and `stays_to`), nothing is installed without decision
    and DPIA, and nothing is live without signs and picture (checks). Those columns say how it stood when the camera
    went up and live; what is found later is in `checks`, and a trigger refuses to go on with a failed one. `stays_to`
    is the expected last day, None when unknown. `remove_by` is the day of the removal order, `removal_decision_id`
    what gave it where it lies past the last period; `chair_ended_on` the day a chair's action it stood on ended.
    Triggers hold to all three.
    """

    __tablename__ = "deployments"
    __table_args__ = (
        Index(
            "uq_deployments_unit_up",
            "unit_id",
            unique=True,
            sqlite_where=text(UP_SQL),
            postgresql_where=text(UP_SQL),
        ),
        CheckConstraint(
            "installed_on IS NULL OR (decision_id IS NOT NULL AND dpia = 'passed' AND unit_id IS NOT NULL)",
            name="installed_with_decision_and_dpia",
        ),
        CheckConstraint(
            "live_on IS NULL OR (installed_on IS NOT NULL AND signs_up_on IS NOT NULL AND test_image <> '')",
            name="live_with_signs_and_image",
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True, info=one_of(DeploymentState))
    bid_id: Mapped[int] = mapped_column(ForeignKey("bids.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("rdc_units.id"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("jag_decisions.id"))
    tabled_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("jag_meetings.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    column: Mapped[str] = mapped_column("lamp_column", String(40), default="")
    survey_on: Mapped[date | None] = mapped_column(Date)
    survey_note: Mapped[str] = mapped_column(Prose, default="")
    dpia: Mapped[str] = mapped_column(String(16), info=one_of(Dpia))
    dpia_on: Mapped[date | None] = mapped_column(Date)
    dpia_reference: Mapped[str] = mapped_column(String(40), default="")
    install_on: Mapped[date | None] = mapped_column(Date)
    installed_on: Mapped[date | None] = mapped_column(Date)
    signs_up_on: Mapped[date | None] = mapped_column(Date)
    test_image: Mapped[str] = mapped_column(String(255), default="")
    test_image_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    live_on: Mapped[date | None] = mapped_column(Date)
    stays_from: Mapped[date | None] = mapped_column(Date)
    stays_to: Mapped[date | None] = mapped_column(Date)
    remove_by: Mapped[date | None] = mapped_column(Date)
    removal_decision_id: Mapped[int | None] = mapped_column(ForeignKey("jag_decisions.id"))
    chair_ended_on: Mapped[date | None] = mapped_column(Date)
    removed_on: Mapped[date | None] = mapped_column(Date)
    evaluated_on: Mapped[date | None] = mapped_column(Date)
    evaluation: Mapped[str] = mapped_column(Prose, default="")
    reports_before: Mapped[int | None] = mapped_column(Integer)
    reports_during: Mapped[int | None] = mapped_column(Integer)
    reports_after: Mapped[int | None] = mapped_column(Integer)
    paper: Mapped[str] = mapped_column(Prose, default="")
    reason: Mapped[str] = mapped_column(Prose, default="")
    version: Mapped[int] = mapped_column(Integer, info=COUNTER)  # rises with every change
    __mapper_args__ = {"version_id_col": version}
    checks: Mapped[list["CheckRow"]] = relationship(lazy="selectin", order_by="CheckRow.id")
    periods: Mapped[list["PeriodRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="PeriodRow.number"
    )


class PeriodRow(Base):
    """One period of a deployment and the decision that gave it: each gives one, and only a chair's is taken back."""

    __tablename__ = "deployment_periods"
    __table_args__ = (Index("uq_deployment_periods_decision_id", "decision_id", unique=True),)

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    decision_id: Mapped[int] = mapped_column(ForeignKey("jag_decisions.id"))


class CheckRow(Base):
    """One check of a deployment with its day and its result; triggers refuse any change. The newest of a kind counts.

    A picture lies in the store of pictures under `picture_path`, with that SHA-256. `recorded_by` is empty where nobody
    wrote it down at the time.
    """

    __tablename__ = "deployment_checks"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16), info=one_of(CheckKind))
    passed: Mapped[bool] = mapped_column(Boolean)
    done_on: Mapped[date] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(255), default="")
    note: Mapped[str] = mapped_column(Prose, default="")
    picture_path: Mapped[str] = mapped_column(String(255), default="")
    picture_sha256: Mapped[str] = mapped_column(String(64), default="")
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AlertRow(Base):
    """A daily alert that was raised; the unique day makes raising it twice impossible."""

    __tablename__ = "deployment_alerts"
    __table_args__ = (UniqueConstraint("deployment_id", "day"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"))
    day: Mapped[date] = mapped_column(Date, index=True)
    days_past: Mapped[int] = mapped_column(Integer)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
