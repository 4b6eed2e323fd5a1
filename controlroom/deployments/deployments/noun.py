"""Declares deployments of a unit at a place, with their periods and daily alerts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.permissions import Permission
from controlroom.declaration import (
    DELETE,
    INSERT,
    UPDATE,
    Check,
    Found,
    Noun,
    NounSearch,
    Proof,
    Reference,
    Table,
    all_but,
    allow,
    grows,
    records,
)
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.deployments import live_days
from controlroom.deployments.deployments.camera_stays import camera_stays
from controlroom.deployments.deployments.pictures import check_kept
from controlroom.deployments.deployments.records import DeploymentState
from controlroom.deployments.deployments.tables import AlertRow, CheckRow, DeploymentRow, PeriodRow
from controlroom.deployments.units.tables import UnitRow
from controlroom.search.service import matching


def find(session: Session, typed: str, limit: int) -> Sequence[Found]:
    """The newest deployments with all these words in reference, place, ward, unit or state."""
    row = DeploymentRow
    query = (
        select(row.id, row.reference, row.state, BidRow.place, BidRow.ward, UnitRow.asset)
        .join(BidRow, BidRow.id == row.bid_id)
        .outerjoin(UnitRow, UnitRow.id == row.unit_id)
        .order_by(row.id.desc())
    )
    found = []
    for key, reference, state, place, ward, asset in session.execute(query):
        detail = " · ".join(part for part in ("deployment", asset, state) if part)
        found.append(Found("deployment", str(key), reference, f"{place}, {ward}", detail, "map-pin"))
    return matching(typed, limit, found)


_CHANGES = all_but(DeploymentRow, "id", "reference", "bid_id", "created_at")
_CALENDAR = (
    *("state", "reason", "stays_from", "stays_to", "remove_by", "removal_decision_id", "removed_on"),
    *("tabled_meeting_id", "chair_ended_on", "version"),
)

DEPLOYMENT = Noun(
    kind="deployment",
    words="deployments",
    tables=(
        # A unit hangs in one place at a time; triggers enforce that on both engines.
        Table(
            DeploymentRow,
            (
                *records("supervisors coordinators", INSERT),
                *allow("supervisors coordinators", UPDATE, columns=_CHANGES),
                *allow("recorder", UPDATE, columns=_CALENDAR),
            ),
            triggers=(
                *("begins", "in_turn", "decided", "dated", "in_order", "checked"),
                *("removal_decided", "removal_kept", "chair_ended", "chair_days", "stays"),
            ),
            sqlite_triggers=("one_place_insert", "one_place_update"),
            server_triggers=("one_place", "within_calendar"),
            digested=True,
            called="deployment {reference}",
        ),
        # A period stays as it was decided. One that the chair gave goes again when no meeting ratifies it.
        Table(
            PeriodRow,
            (*records("supervisors coordinators", INSERT), *allow("coordinators recorder", DELETE)),
            refuses=(UPDATE,),
            keys=("deployment_id, number", "decision_id"),
            triggers=("one_decision", "taken_back"),
            digested=True,
            called="period {number} of deployment {deployment_id}",
        ),
        grows(
            CheckRow,
            records("supervisors coordinators", INSERT),
            "id",
            triggers=("recordable", "one_picture"),
            by=("recorded_by",),
            digested=True,
            called="check {id} of deployment {deployment_id}",
            written="recorded_at",
        ),
        Table(AlertRow, records("recorder", INSERT), digested=True, called="alert {id} of a deployment"),
    ),
    references=(Reference("DEP", DeploymentRow),),
    changes=("deployment",),
    audit_group="Rapid deployment",
    actions={
        "deployment.survey": "Survey recorded",
        "deployment.survey-failed": "Survey failed",
        "deployment.signs-failed": "Signs failed",
        "deployment.test-image-failed": "Test picture failed",
        "deployment.dpia-passed": "DPIA passed",
        "deployment.dpia-failed": "DPIA failed",
        "deployment.rescheduled": "Installation moved",
        "deployment.signs-up": "Signs put up",
        "deployment.test-image": "Test picture recorded",
        "deployment.decision-ended": "Decision ended",
        "deployment.taken-to-jag": "Taken to the JAG",
        "deployment.alert": "Alert raised: to be decided or taken down",
        **{f"deployment.{state.replace(' ', '-')}": f"Deployment: {state}" for state in DeploymentState},
    },
    checks=(Check("test pictures", check_kept),),
    proofs=(Proof("days on which cameras went live", live_days.proofs),),
    search=NounSearch(Permission.READ_DEPLOYMENTS, find),
    stays=camera_stays,
)
