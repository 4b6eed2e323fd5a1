"""Reads bids from the database as records, and gives what a bid states as columns; services share it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.cameras.records import Camera
from controlroom.cameras.service import to_record as to_camera
from controlroom.cameras.tables import CameraRow
from controlroom.database.rows import readable, to_record
from controlroom.deployments.bids import rules, scoring
from controlroom.deployments.bids.concerns import OPEN, OtherBid
from controlroom.deployments.bids.records import Bid, BidContent, BidDeployment, BidState, NearestCamera
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.jag import Calendar
from controlroom.deployments.policy import Policy

_LISTS = ("objectives", "agencies")


def content_of(row: BidRow) -> BidContent:
    """What the bid states."""
    return to_record(BidContent, row, **{name: tuple(json.loads(getattr(row, name))) for name in _LISTS})


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
    return [to_camera(row) for row in readable(rows)]


def other_bids(session: Session, bid_id: int | None) -> list[OtherBid]:
    """The open bids but one, oldest first."""
    states = sorted(each.value for each in OPEN)
    query = select(BidRow).where(BidRow.state.in_(states), BidRow.id != (bid_id or 0)).order_by(BidRow.id)
    return [to_record(OtherBid, row) for row in readable(session.scalars(query))]


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
    rows = readable(rows)
    cameras = permanent_cameras(session) if any(row.score is None for row in rows) else []
    upcoming = calendar.next(today) is not None
    records = []
    for row in rows:
        deployment, content = deployments.get(row.id), content_of(row)
        reference = deployment.reference if deployment else ""
        record = to_record(
            Bid,
            row,
            content=content,
            nearest=nearest_of(row, cameras, policy),
            meeting_day=calendar.day_of(row.meeting_id),
            deployment_id=deployment.id if deployment else None,
            deployment=reference,
            actions=rules.actions(
                BidState(row.state), content, next_meeting=upcoming, open_deployment=reference
            ),
        )
        records.append(record)
    return records
