"""The one place where bids, deployments and units change state: each change with its audit entry and its news."""

from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.database.unit_of_work import Work
from controlroom.deployments import rules
from controlroom.deployments.bids import rules as bid_rules
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.records import DeploymentState
from controlroom.deployments.tables import DeploymentRow
from controlroom.deployments.units.records import UnitState
from controlroom.deployments.units.tables import UnitRow

SYSTEM = "Control Room"  # who acts when the calendar does


def move_bid(
    work: Work, actor: Actor, row: BidRow, to: BidState, *, reason: str = "", **detail: object
) -> None:
    """Take a bid along its road; raises RuleBroken when the road does not lead there."""
    here = BidState(row.state)
    bid_rules.check_move(row.reference, here, to)
    row.state, row.reason = to.value, reason.strip()
    note_bid(work, actor, row, to.value.replace(" ", "-"), text=reason.strip(), was=here.value, **detail)


def note_bid(work: Work, actor: Actor, row: BidRow, verb: str, *, text: str = "", **detail: object) -> None:
    """Audit and announce something done to a bid."""
    audit.record(work, actor.handle, f"bid.{verb}", "bid", row.reference, text=text, **detail)
    work.announce("bid", row.id)


def move_deployment(
    work: Work,
    who: str,
    row: DeploymentRow,
    to: DeploymentState,
    *,
    reason: str = "",
    keep_reason: bool = False,
    **detail: object,
) -> None:
    """Take a deployment along its road; `who` is a handle. Raises RuleBroken when the road does not lead there.

    The record keeps its last reason; `keep_reason` leaves the one it has (why it ended) in place.
    """
    here = DeploymentState(row.state)
    rules.check_move(row.reference, here, to)
    row.state = to.value
    if not keep_reason:
        row.reason = reason.strip()
    note_deployment(work, who, row, to.value.replace(" ", "-"), text=reason.strip(), was=here.value, **detail)


def note_deployment(
    work: Work, who: str, row: DeploymentRow, verb: str, *, text: str = "", **detail: object
) -> None:
    """Audit and announce something done to a deployment."""
    audit.record(work, who, f"deployment.{verb}", "deployment", row.reference, text=text, **detail)
    work.announce("deployment", row.id)


def move_unit(work: Work, who: str, row: UnitRow, to: UnitState, note: str = "") -> None:
    """Give a unit a new state, since now."""
    if row.state == to.value and row.note == note:
        return
    was = row.state
    row.state, row.note, row.since = to.value, note[:255], work.now
    audit.record(work, who, f"unit.{to.value.replace(' ', '-')}", "unit", row.asset, text=note, was=was)
    work.announce("unit", row.id)
