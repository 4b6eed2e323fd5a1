"""Takes the walk's steps about a chair's action that ended: the meeting that closed without it, and what follows."""

from controlroom.deployments.deployments.records import DeploymentAction
from controlroom.deployments.meetings.records import ChairItem, MeetingState, Outcome
from controlroom.tour.driver import TourStuck
from controlroom.tour.walk import Walk
from controlroom.ui.pages.deployments.page import DeploymentsPage
from controlroom.ui.pages.deployments.rows import OverdueCard
from controlroom.ui.widgets.key_button import KeyButton


def meeting_that_ended_it(walk: Walk) -> None:
    """The last meeting's record: it closed without ratifying a camera the chair had agreed."""
    page, driver = walk.page(DeploymentsPage), walk.driver
    page.show_tab("Meetings")
    walk.settle()
    held = [each for each in page.meetings.table.shown_records() if each.state is MeetingState.HELD]
    last = max(held, key=lambda each: each.day)
    page.show_meeting(last.id)
    driver.wait(lambda: _ended(walk, last.id), "the chair's action that the meeting ended")
    item = _ended(walk, last.id)
    assert item is not None
    walk.show(
        "A meeting closed without ratifying the chair's action",
        chair_ended=item.decision.bid_reference,
        agreed_for=item.decision.place,
        closed_on=str(last.day),
    )


def told_every_day(walk: Walk) -> None:
    """What stands on it is to come down, and everybody is told of it every day, beside the timeline."""
    page, driver, place = walk.page(DeploymentsPage), walk.driver, str(walk.facts["agreed_for"])
    page.show_tab("Timeline")
    walk.settle()
    page.timeline.panel.closed.emit()
    driver.wait(lambda: _card(walk, place), "the alert of the day")
    walk.show("A camera of the chair's that ended: an alert every day", alert_of_the_day=place)


def nobody_makes_it_live(walk: Walk) -> None:
    """Its record: ending, with the day it has to be down by, and "Go live" says why not."""
    page, driver, place = walk.page(DeploymentsPage), walk.driver, str(walk.facts["agreed_for"])
    card = _card(walk, place)
    assert card is not None
    opens = next(each for each in card.findChildren(KeyButton) if each.text() == "Open")
    driver.click(opens)
    panel = page.timeline.panel
    driver.wait(lambda: panel.deployment is not None and panel.deployment.place == place, "its record")
    walk.settle()
    shown, button = panel.deployment, panel.state_actions.button(DeploymentAction.GO_LIVE)
    if shown is None or button is None or button.isEnabled():
        raise TourStuck(f"'Go live' is offered for {place}")
    driver.keys("L", page)
    walk.show(
        "Nobody makes it live any more",
        ended=shown.reference,
        state=shown.state.value,
        remove_by=str(shown.remove_by),
    )


def _ended(walk: Walk, meeting_id: int) -> ChairItem | None:
    agenda = walk.page(DeploymentsPage).meetings.agenda
    if agenda is None or agenda.meeting.id != meeting_id:
        return None
    for item in agenda.chair:
        if item.ratification is not None and item.ratification.outcome is Outcome.NOT_RATIFIED:
            return item
    return None


def _card(walk: Walk, place: str) -> OverdueCard | None:
    cards = walk.driver.visible(OverdueCard, lambda each: place in each.told)
    return cards[0] if cards else None
