"""Deployments of a unit at a place: their periods and their daily alerts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.permissions import Permission
from controlroom.declaration import (
    DELETE,
    INSERT,
    UPDATE,
    Found,
    Noun,
    Reference,
    Search,
    Table,
    records,
)
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments.records import DeploymentState
from controlroom.deployments.deployments.tables import AlertRow, DeploymentRow, PeriodRow
from controlroom.deployments.units.tables import UnitRow
from controlroom.search.words import has_all_words

PREFIX = "DEP"
_WRITTEN = records(INSERT, UPDATE, DELETE)


def find(session: Session, typed: str, limit: int) -> Sequence[Found]:
    """The newest deployments with all these words in reference, place, ward, unit or state."""
    row = DeploymentRow
    query = (
        select(row.id, row.reference, row.state, BidRow.place, BidRow.ward, UnitRow.asset)
        .join(BidRow, BidRow.id == row.bid_id)
        .outerjoin(UnitRow, UnitRow.id == row.unit_id)
        .order_by(row.id.desc())
    )
    found: list[Found] = []
    for key, reference, state, place, ward, asset in session.execute(query):
        title = f"{place}, {ward}"
        detail = " · ".join(part for part in ("deployment", asset, state) if part)
        if len(found) < limit and has_all_words(typed, reference, title, detail):
            found.append(Found("deployment", str(key), reference, title, detail, "map-pin"))
    return found


DEPLOYMENT = Noun(
    kind="deployment",
    words="deployments",
    tables=(
        # A unit hangs in one place at a time; triggers hold that on both engines.
        Table(
            DeploymentRow,
            _WRITTEN,
            sqlite_triggers=("one_place_insert", "one_place_update"),
            server_triggers=("one_place",),
        ),
        Table(PeriodRow, _WRITTEN),
        Table(AlertRow, _WRITTEN),
    ),
    references=(Reference(PREFIX, DeploymentRow),),
    changes=("deployment",),
    audit_group="Rapid deployment",
    actions={
        "deployment.survey": "Survey recorded",
        "deployment.dpia-passed": "DPIA passed",
        "deployment.dpia-failed": "DPIA failed",
        "deployment.rescheduled": "Installation moved",
        "deployment.signs-up": "Signs put up",
        "deployment.test-image": "Test picture recorded",
        "deployment.decision-ended": "Decision ended",
        "deployment.taken-to-jag": "Taken to the JAG",
        "deployment.alert": "Alert raised: past its last day",
        **{f"deployment.{state.replace(' ', '-')}": f"Deployment: {state}" for state in DeploymentState},
    },
    search=Search(Permission.READ_DEPLOYMENTS, find),
)
