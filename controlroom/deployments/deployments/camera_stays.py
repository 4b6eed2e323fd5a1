"""Tells the camera register where the units' cameras hung, and from when to when."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.declaration import Stay
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.units.tables import UnitRow


def camera_stays(session: Session, camera_id: int | None = None) -> Mapping[int, Sequence[Stay]]:
    """By camera id, from the day of installation to that of removal; nothing for a unit that never hung."""
    units = select(UnitRow.id, UnitRow.camera_id).where(UnitRow.camera_id.is_not(None))
    if camera_id is not None:
        units = units.where(UnitRow.camera_id == camera_id)
    cameras = {unit: camera for unit, camera in session.execute(units) if camera is not None}
    stays: dict[int, list[Stay]] = defaultdict(list, {camera: [] for camera in cameras.values()})
    if not cameras:
        return stays
    row = DeploymentRow
    hung = (
        select(
            row.unit_id,
            row.installed_on,
            row.removed_on,
            BidRow.place,
            BidRow.ward,
            BidRow.latitude,
            BidRow.longitude,
        )
        .join(BidRow, BidRow.id == row.bid_id)
        .where(row.unit_id.in_(cameras), row.installed_on.is_not(None))
        .order_by(row.installed_on, row.id)
    )
    for unit, first, last, street, ward, latitude, longitude in session.execute(hung):
        if unit is not None and first is not None:
            stays[cameras[unit]].append(Stay(street, ward, first, last, latitude, longitude))
    return stays
