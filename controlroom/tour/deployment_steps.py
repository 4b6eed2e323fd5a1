"""Takes the walk's steps of rapid deployment: from an empty bid form to a live camera, every check passed in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shiboken6
from PySide6.QtWidgets import QAbstractButton

from controlroom.clock import local_date, process_clock
from controlroom.deployments.bids.records import Bid, BidState
from controlroom.deployments.bids.rules import TESTS
from controlroom.deployments.deployments.records import DeploymentState
from controlroom.deployments.meetings.records import (
    Agenda,
    AgendaItem,
    ChairItem,
    DeploymentItem,
    Meeting,
    Outcome,
)
from controlroom.tour.driver import TourStuck
from controlroom.tour.meeting import Choice, hold_meeting, is_bid, meeting_on
from controlroom.tour.walk import Walk
from controlroom.ui.kit.fields import fill
from controlroom.ui.kit.form import FormCard
from controlroom.ui.pages.deployments.bid_fields import TickBoxes
from controlroom.ui.pages.deployments.page import DeploymentsPage
from controlroom.ui.pages.deployments.picture_field import PictureField

PLACE = "Headley Drive, by the parade"


def timeline(walk: Walk) -> None:
    """Units by weeks, as the coordinator."""
    walk.become("JAG coordinator")
    walk.go(walk.page(DeploymentsPage))
    walk.page(DeploymentsPage).show_tab("Timeline")
    walk.settle()
    walk.show("Rapid deployment: units by weeks")


def bid(walk: Walk) -> None:
    """A bid with everything rule 3 (docs/rules.md) asks for, submitted, scored."""
    page, driver = walk.page(DeploymentsPage), walk.driver
    page.show_tab("Bids")
    walk.settle()
    driver.press("New bid")
    form = page.bids.form
    for name, value in _BID.items():
        driver.fill(name, value)
    for boxes in form.findChildren(TickBoxes):
        boxes.set_value(list(boxes.ticks)[:3])
    for name, _ in TESTS:
        fill(form.input(name), True)
    driver.rest(0.6)
    walk.show("A new bid: evidence, tests, nearest camera")
    driver.press("Submit bid")
    driver.wait(lambda: page.bids.shown is not None, "the bid to be saved")
    walk.settle()
    driver.press("Assess")
    for name in ("Severity", "Frequency", "Vulnerability", "Feasibility"):
        driver.fill(name, 8)
    walk.show("The bid scored in the open")
    driver.press("Save score")
    driver.wait(lambda: _bid_state(walk) is BidState.ASSESSED, "the bid to be assessed")


def decision(walk: Walk) -> None:
    """A meeting today, the bid on its agenda, decisions recorded in its order until the bid is approved."""
    page, driver = walk.page(DeploymentsPage), walk.driver
    shown = page.bids.shown
    assert shown is not None
    walk.settle()
    page.show_tab("Meetings")
    walk.settle()
    decided = hold_meeting(_DeskSecretary(walk, shown), local_date(process_clock().now()), shown.id)
    page.show_bid(shown.id)
    driver.wait(lambda: _bid_state(walk) is BidState.APPROVED, "the bid to be approved")
    walk.show("The bid approved", bid=shown.reference, decided_before_it=len(decided) - 1)


@dataclass
class _DeskSecretary:
    """Takes part in the meeting through the desk's windows, with a picture of the first extension and of the bid."""

    walk: Walk
    bid: Bid
    extension_shown: bool = False

    def meetings(self) -> Sequence[Meeting]:
        return self.walk.page(DeploymentsPage).meetings.table.shown_records()

    def plan(self, day: date) -> Meeting:
        self.walk.driver.press("Plan meeting")
        _answer(self.walk, "Plan meeting", {"day": day})
        self.walk.driver.wait(lambda: meeting_on(day, self.meetings()), "the meeting to be planned")
        planned = meeting_on(day, self.meetings())
        assert planned is not None
        return planned

    def table(self, meeting: Meeting) -> None:
        page, driver = self.walk.page(DeploymentsPage), self.walk.driver
        page.show_bid(self.bid.id)
        self.walk.settle()
        driver.press("Table at meeting")
        _answer(self.walk, "Table bid", {"meeting_id": meeting.id})
        driver.wait(lambda: _bid_state(self.walk) is BidState.TABLED, "the bid to be tabled")
        page.show_meeting(meeting.id)
        driver.wait(
            lambda: (
                (shown := page.meetings.agenda) is not None
                and shown.meeting.id == meeting.id
                and any(is_bid(item, self.bid.id) for item in shown.open_items)
            ),
            "the bid on the agenda",
        )

    def agenda(self, meeting: Meeting) -> Agenda:
        self.walk.settle()
        shown = self.walk.page(DeploymentsPage).meetings.agenda
        assert shown is not None and shown.meeting.id == meeting.id
        return shown

    def decide(self, meeting: Meeting, item: AgendaItem, choice: Choice) -> None:
        driver = self.walk.driver
        view = self.walk.page(DeploymentsPage).meetings
        driver.press("Decide next")
        if is_bid(item, self.bid.id):
            self.walk.show("The JAG decides: the bid, with its score and rank")
        elif isinstance(item, DeploymentItem) and not self.extension_shown:
            self.extension_shown = True
            self.walk.show("The JAG decides: an extension first")
        answers: dict[str, Any] = {"reason": choice.reason}
        if isinstance(item, ChairItem):
            answers["ratified"] = choice.outcome is Outcome.RATIFIED
        else:
            answers["outcome"] = choice.outcome
        _answer(self.walk, "Record decision", answers)
        driver.wait(
            lambda: view.agenda is not None and item not in view.agenda.open_items,
            "the decision on the agenda",
        )


def to_live(walk: Walk) -> None:
    """Survey, DPIA, unit and day, installation, signs, test picture, live."""
    page, driver = walk.page(DeploymentsPage), walk.driver
    driver.press("Plan deployment")
    _answer(walk, "Plan deployment", {})
    panel = page.timeline.panel
    driver.wait(
        lambda: panel.deployment is not None and panel.deployment.place == PLACE, "the deployment's record"
    )
    walk.settle()
    for action, confirm, answers in (
        (
            "Record survey",
            "Record survey",
            {"column": "LC 014", "note": "Mains in the column, 4G good, no homes in view."},
        ),
        ("Record DPIA", "Record DPIA", {"reference": "DPIA-2026-041"}),
        ("Schedule", "Schedule", {}),
        ("Record installation", "Record installation", {}),
        ("Record signs", "Signs are up", {}),
    ):
        driver.press(action)
        _answer(walk, confirm, answers)
        walk.settle()
        if action == "Record DPIA":
            walk.show("What is missing before it may go live")
    _take_test_picture(walk)
    driver.press("Go live")
    _answer(walk, "Go live today", {})
    driver.wait(
        lambda: panel.deployment is not None and panel.deployment.state is DeploymentState.LIVE,
        "the deployment to be live",
    )
    walk.settle()
    deployment = panel.deployment
    assert deployment is not None
    walk.show(
        "The deployment is live",
        deployment=deployment.reference,
        unit=deployment.asset,
        live_on=str(deployment.live_on),
        last_day=str(deployment.ends_on),
        days_left=deployment.days_left,
    )


def _take_test_picture(walk: Walk) -> None:
    """Take the test picture from the camera itself, and show it before it is recorded."""
    driver = walk.driver
    driver.press("Record test picture")
    driver.wait(lambda: driver.visible(PictureField, lambda _: True), "the form of the test picture")
    field = driver.visible(PictureField, lambda _: True)[0]
    driver.click(field.from_camera)
    driver.wait(field.from_camera.isEnabled, "the camera's picture")
    if field.value is None:
        raise TourStuck(f"No test picture: {field.said.text()}")
    walk.settle()
    walk.show("The test picture, taken from the camera")
    _answer(walk, "Record test picture", {})
    walk.settle()


_BID = {
    "Partner": "ASB team",
    "Contact, by role": "ASB officer, New Addington",
    "Place": PLACE,
    "Ward": "New Addington South",
    "Position: latitude, longitude": "51.3411, -0.0049",
    "Reports, last 3 months": 19,
    "Reports, last 12 months": 61,
    "Evidence": "Motorcycles ridden at people outside the shops; fires in bins; shopkeepers threatened after dark.",
    "Causes": "Unlit cut-through to the estate, shops open late, no view from any permanent camera.",
    "What was tried": "Patrols, a community protection warning, lighting of the front of the parade.",
    "Why less intrusive means fall short": "Patrols cannot stay, wardens finish before it starts.",
    "Overlooked homes": "Two flats above the shops; their windows are masked.",
    "Times of concern": "Thu to Sat 19:00 to 01:00",
    "Problem-solving plan": "Youth outreach twice a week, barriers at the cut-through by spring, injunctions.",
    "Success measures": "Reports halved in three months; no bin fires; shops open until closing time.",
}


def _bid_state(walk: Walk) -> BidState | None:
    shown = walk.page(DeploymentsPage).bids.shown
    return shown.state if shown is not None else None


def _answer(walk: Walk, confirm: str, answers: Mapping[str, Any]) -> None:
    """Fill the open form and press its own button."""
    walk.driver.wait(lambda: walk.driver.visible(FormCard, lambda _: True), "a form")
    form = walk.driver.visible(FormCard, lambda _: True)[0]
    for key, value in answers.items():
        form.fill(key, value)
    button = next(each for each in form.findChildren(QAbstractButton) if each.text() == confirm)
    walk.driver.click(button)
    walk.driver.wait(lambda: not shiboken6.isValid(form) or form.error, f"'{confirm}' to be done")
    if shiboken6.isValid(form) and form.error:
        raise TourStuck(f"'{confirm}' was refused: {form.error}")
