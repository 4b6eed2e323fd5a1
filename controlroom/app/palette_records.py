"""What the palette finds in the database: incidents, bids and deployments by reference, place or words."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from controlroom.accounts.permissions import Permission
from controlroom.clock import show_moment
from controlroom.deployments.bids.records import Bid
from controlroom.deployments.deployments.records import Deployment
from controlroom.incidents.records import Incident, IncidentFilter
from controlroom.ui.pages.incidents.words import title
from controlroom.ui.shell.palette import Entry

if TYPE_CHECKING:
    from controlroom.app.desk import Desk

MOST = 4  # of each kind


def finder(desk: "Desk") -> Callable[[str], Callable[[], Sequence[Entry]] | None]:
    """Asks for what the person at the desk may read; the work itself runs in the background."""

    def find(typed: str) -> Callable[[], Sequence[Entry]] | None:
        if not desk.session.signed_in:
            return None
        actor, services, may = desk.session.actor, desk.room.services, desk.session.may
        incidents, rapid = may(Permission.READ_INCIDENTS), may(Permission.READ_DEPLOYMENTS)

        def work() -> list[Entry]:
            found: list[Entry] = []
            if incidents:
                part = services.incidents.incidents(actor, IncidentFilter(words=typed), limit=MOST)
                found += [_incident(desk, each) for each in part.incidents]
            if rapid:
                bids = [_bid(desk, each) for each in services.rapid.bids.bids(actor)]
                stays = [_deployment(desk, each) for each in services.rapid.deployments.deployments(actor)]
                found += _fitting(bids, typed) + _fitting(stays, typed)
            return found

        return work if incidents or rapid else None

    return find


def _fitting(entries: list[Entry], typed: str) -> list[Entry]:
    words = typed.casefold().split()
    texts = ((each, f"{each.lead} {each.title} {each.detail}".casefold()) for each in entries)
    return [each for each, text in texts if all(word in text for word in words)][-MOST:][::-1]


def _incident(desk: "Desk", incident: Incident) -> Entry:
    def show() -> None:
        desk.window.show_page(desk.pages.incidents)
        desk.pages.incidents.show_incident(incident.id)

    detail = f"{incident.state.value} · {show_moment(incident.occurred_at)}"
    return Entry(title(incident), detail, show, icon_name="warning", lead=incident.reference)


def _bid(desk: "Desk", bid: Bid) -> Entry:
    where = ", ".join(part for part in (bid.content.place, bid.content.ward) if part)
    return Entry(
        where or "No place yet",
        f"bid · {bid.state.value}",
        lambda: desk.pages.rapid.show_bid(bid.id),
        icon_name="file-text",
        lead=bid.reference,
    )


def _deployment(desk: "Desk", deployment: Deployment) -> Entry:
    return Entry(
        f"{deployment.place}, {deployment.ward}",
        " · ".join(part for part in ("deployment", deployment.asset, deployment.state.value) if part),
        lambda: desk.pages.rapid.show_deployment(deployment.id),
        icon_name="map-pin",
        lead=deployment.reference,
    )
