"""Declares bids for a unit, and how they scored."""

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
    NounSearch,
    Reference,
    Road,
    Table,
    all_but,
    allow,
    records,
)
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.bids.rules import ROAD
from controlroom.deployments.bids.tables import BidRow, BidScoreRow
from controlroom.search.service import matching


def find(session: Session, typed: str, limit: int) -> Sequence[Found]:
    """The newest bids with all these words in reference, place, ward or state."""
    row = BidRow
    query = select(row.id, row.reference, row.place, row.ward, row.state).order_by(row.id.desc())
    found = []
    for key, reference, place, ward, state in session.execute(query):
        title = ", ".join(part for part in (place, ward) if part) or "No place yet"
        found.append(Found("bid", str(key), reference, title, f"bid · {state}", "file-text"))
    return matching(typed, limit, found)


BID = Noun(
    kind="bid",
    words="bids",
    tables=(
        Table(
            BidRow,
            (
                *records("coordinators", INSERT),
                *allow(
                    "coordinators",
                    UPDATE,
                    columns=all_but(BidRow, "id", "reference", "created_at", "created_by"),
                ),
                # its state follows that of its deployment, which supervisors work on too and the calendar ends
                *allow("supervisors recorder", UPDATE, columns=("state", "reason")),
            ),
            triggers=("no_closed_update", "as_decided"),
            server_triggers=("within_calendar",),
            by=("created_by",),
            digested=True,
            called="bid {reference}",
            road=Road(BidState.DRAFT, ROAD),
        ),
        Table(
            BidScoreRow,
            records("coordinators", INSERT, UPDATE, DELETE),
            triggers=("no_closed_update", "no_closed_delete"),
            digested=True,
            called="part {part} of the score of bid {bid_id}",
        ),
    ),
    references=(Reference("BID", BidRow),),
    changes=("bid",),
    audit_group="Rapid deployment",
    actions={
        "bid.added": "Bid entered",
        "bid.edited": "Bid edited",
        "bid.scored-again": "Bid scored again",
        "bid.ratified": "Chair's decision ratified",
        "bid.not-ratified": "Chair's decision not ratified",
        "bid.chair-lapsed": "Chair's decision over: no meeting was held in time",
        **{f"bid.{state.replace(' ', '-')}": f"Bid: {state}" for state in BidState},
    },
    search=NounSearch(Permission.READ_DEPLOYMENTS, find),
)
