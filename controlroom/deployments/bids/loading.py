"""Reads bids from rows to records and back: the queries that services share."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.cameras.records import Camera
from controlroom.cameras.service import to_record as to_camera
from controlroom.cameras.tables import CameraRow
from controlroom.deployments.bids import rules, scoring
from controlroom.deployments.bids.records import (
    Bid,
    BidContent,
    BidDeployment,
    BidState,
    NearestCamera,
    ScoreLine,
)
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.jag import Calendar
from controlroom.deployments.policy import Policy
from controlroom.errors import NotFound

_LISTS = ("objectives", "agencies")


def get_row(session: Session, bid_id: int, *, lock: bool = False) -> BidRow:
    """The bid's row; raises NotFound."""
    query = select(BidRow).filter_by(id=bid_id)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("There is no such bid.")
    return row


def content_of(row: BidRow) -> BidContent:
    """What the bid states."""
    values = {each.name: getattr(row, each.name) for each in fields(BidContent)}
    values.update({name: tuple(json.loads(values[name])) for name in _LISTS})
    return BidContent(**values)


def content_columns(content: BidContent) -> dict[str, object]:
    """The columns that hold what a bid states; blanks at the ends of texts are dropped."""
    columns: dict[str, object] = {}
    for each in fields(BidContent):
        value = getattr(content, each.name)
        columns[each.name] = value.strip() if isinstance(value, str) else value
    columns.update({name: json.dumps(list(getattr(content, name)), ensure_ascii=False) for name in _LISTS})
    return columns


def permanent_cameras(session: Session) -> list[Camera]:
    """The permanent cameras in use."""
    owners = [owner.value for owner in scoring.PERMANENT]
    rows = session.scalars(select(CameraRow).filter_by(active=True).where(CameraRow.owner.in_(owners)))
    return [to_camera(row) for row in rows]


def nearest_of(row: BidRow, cameras: Iterable[Camera], policy: Policy) -> NearestCamera | None:
    """The nearest permanent camera: as it was at the assessment, else as the register says now."""
    if row.score is None:
        return scoring.nearest_camera(row.latitude, row.longitude, cameras, policy)
    if row.nearest_m is None:
        return None
    return NearestCamera(row.nearest_number, row.nearest_name, row.nearest_m, row.nearest_usable_m or 0.0)


def load(
    session: Session,
    rows: Iterable[BidRow],
    policy: Policy,
    calendar: Calendar,
    deployments: Mapping[int, BidDeployment],
    today: date,
) -> list[Bid]:
    """The rows as the pages see them; `deployments` are the bids' own, by bid id."""
    rows = list(rows)
    cameras = permanent_cameras(session) if any(row.score is None for row in rows) else []
    upcoming = calendar.next(today) is not None
    return [
        _record(
            row,
            nearest_of(row, cameras, policy),
            calendar.day_of(row.meeting_id),
            deployments.get(row.id),
            next_meeting=upcoming,
        )
        for row in rows
    ]


def _record(
    row: BidRow,
    nearest: NearestCamera | None,
    meeting_day: date | None,
    deployment: BidDeployment | None,
    *,
    next_meeting: bool,
) -> Bid:
    content, state = content_of(row), BidState(row.state)
    reference = deployment.reference if deployment else ""
    return Bid(
        id=row.id,
        reference=row.reference,
        state=state,
        content=content,
        created_at=row.created_at,
        version=row.version,
        question=row.question,
        reason=row.reason,
        submitted_on=row.submitted_on,
        nearest=nearest,
        score=row.score,
        lines=tuple(
            ScoreLine(line.part, line.title, line.given, line.weight, line.points, line.note)
            for line in row.lines
        ),
        meeting_id=row.meeting_id,
        meeting_day=meeting_day,
        deployment_id=deployment.id if deployment else None,
        deployment=reference,
        actions=rules.actions(state, content, next_meeting=next_meeting, open_deployment=reference),
    )
