"""Invents the demonstration's deployments: the actions of each, from its plan to its present state."""

from datetime import date, datetime, timedelta

from controlroom.audit.act import SYSTEM, Act
from controlroom.clock import london
from controlroom.deployments.dates import add_months, review_due
from controlroom.deployments.deployments import ends
from controlroom.deployments.deployments import work as operations
from controlroom.deployments.deployments.checks import record_check
from controlroom.deployments.deployments.queries import load
from controlroom.deployments.deployments.records import Check, CheckKind, DeploymentState
from controlroom.deployments.meetings.jag import JAG
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.meetings.work import decide_deployment
from controlroom.simulator.borough.deployment_bids import BidStory
from controlroom.simulator.borough.deployment_history import History
from controlroom.simulator.borough.deployment_plan import Plan, Stay
from controlroom.simulator.borough.photographs import Shot

ABORTED_FOR = "The column is condemned by highways."
EXTENDED_FOR = "Reports fell by half; the lighting that replaces the camera comes in spring."
SURVEY = "Power all night, 4G good on two networks, view clear in winter and summer."
FAULT = "Power fault, with contractor"
PAPERS = {
    "Milton Road": "Reports at the place fell from 14 to 6 in three months; comparison streets rose 8 %.",
    "Old Lodge Lane": "Clearances fell from weekly to two a month; the barrier is built in spring.",
    "College Green": "Reports fell from 19 to 11; the youth club reopens in eight weeks.",
}


def shots_of(plan: Plan) -> list[Shot]:
    """The test pictures of every unit that hung."""
    return [Shot(stay.asset, _pictured_at(stay)) for stay in plan.stays if stay.kind != "scheduled"]


def tell_stay(history: History, plan: Plan, story: BidStory) -> None:
    """Tell the deployment of a bid that was approved."""
    stay = story.stay
    # After the assessment, before the decision: survey and DPIA may precede it.
    day = stay.chair_on if stay is not None and stay.chair_on else story.begun.date() + timedelta(days=8)
    _tell_plan(history, story, day)
    if stay is None:
        given_up = london(story.decisions[-1][0] + timedelta(days=20), 11)
        history.at(given_up, lambda act: operations.abort(act, story.deployment, ABORTED_FOR))
        return
    _tell_installation(history, story, stay)
    if stay.kind == "chair ended":
        _tell_alerts(history, plan, story, stay.meeting)
    if stay.live_on is None:
        return
    if stay.faulty_on is not None:
        suspended = london(stay.faulty_on, 8, 15)
        history.at(suspended, lambda act: operations.suspend(act, story.deployment, FAULT))
    else:
        _tell_reviews(history, plan, story, stay)
    if stay.ended_on is not None:
        mended = "Water in the power supply; cannot be mended on the column."
        why = mended if stay.faulty_on else "Its purpose is met."
        history.at(london(stay.ended_on, 11), lambda act: operations.end(act, story.deployment, why))
    if stay.removed_on is not None:
        _tell_removal(history, plan, story, stay.removed_on)
    if stay.kind == "overdue":
        _tell_alerts(history, plan, story, stay.periods[-1][1] + timedelta(days=1))


def _tell_plan(history: History, story: BidStory, day: date) -> None:
    def plan(act: Act) -> None:
        story.planned = operations.plan_deployment(act, story.bid, paper=PAPERS.get(story.place, ""))

    def survey(act: Act) -> None:
        record_check(
            act,
            story.deployment,
            Check(CheckKind.SURVEY, True, day, f"LC {10 + story.bid.id * 7 % 83:03d}", SURVEY),
        )

    def assess(act: Act) -> None:
        reference = f"DPIA-{day.year}-{story.bid.id:03d}"
        record_check(act, story.deployment, Check(CheckKind.DPIA, True, day, reference))

    history.at(london(day, 9, 20), plan)
    history.at(london(day, 14, 0), survey)
    history.at(london(day, 16, 30), assess)


def _tell_installation(history: History, story: BidStory, stay: Stay) -> None:
    """From scheduled to live, as far as the stay came."""
    months, on = history.policy.months, stay.install_on

    def schedule(act: Act) -> None:
        unit, decision = history.units[stay.asset], story.approval
        operations.schedule(act, story.deployment, unit, on, decision.id, months)

    def install(act: Act) -> None:
        unit, decision = history.units[stay.asset], story.approval
        operations.install(act, story.deployment, unit, on, decision.id, months)

    def go_live(act: Act) -> None:
        operations.go_live(act, story.deployment, history.units[stay.asset], months)

    def photograph(act: Act) -> None:
        name, path, digest = f"{story.deployment.reference}-test-image.jpg", "", ""
        if history.photographs is not None:
            name, kept = history.photographs.store(Shot(stay.asset, _pictured_at(stay)))
            path, digest = kept.path, kept.sha256
        record_check(act, story.deployment, Check(CheckKind.PICTURE, True, on, name, "", path, digest))

    history.at(london(stay.chair_on or stay.meeting, 17, 0), schedule)
    if stay.kind != "scheduled":
        history.at(london(on, 13, 30), install)
        history.at(
            london(on, 14, 10),
            lambda act: record_check(act, story.deployment, Check(CheckKind.SIGNS, True, on)),
        )
        history.at(_pictured_at(stay), photograph)
    if stay.live_on is not None:
        history.at(london(on, 15, 0), go_live)


def _pictured_at(stay: Stay) -> datetime:
    return london(stay.install_on, 14, 40)


def _tell_reviews(history: History, plan: Plan, story: BidStory, stay: Stay) -> None:
    """The review of each period, and the extension between two."""

    def follow_calendar(act: Act) -> None:
        newest = stay.periods[len(story.deployment.periods) - 1]
        operations.follow_calendar(act, story.deployment, review_due(*newest, plan.meetings))

    def extend(act: Act) -> None:
        meeting, months = history.meetings[act.today], history.policy.months
        decide_deployment(act, story.bid, story.deployment, meeting, Outcome.EXTENDED, EXTENDED_FOR, months)

    for number, period in enumerate(stay.periods):
        due = review_due(*period, plan.meetings)
        if due >= plan.today:
            return
        history.at(london(due, 6), follow_calendar, who=SYSTEM)
        if number + 1 < len(stay.periods) and stay.extended_at is not None:
            history.at(london(stay.extended_at, 10, 15), extend)
            history.at(london(stay.periods[number + 1][0], 6), follow_calendar, who=SYSTEM)


def _tell_removal(history: History, plan: Plan, story: BidStory, removed: date) -> None:
    """The removal, the evaluation two months later, and the closed record, as far as time came."""

    def evaluate(act: Act) -> None:
        before = 12 + story.bid.id * 5 % 17
        during, after = before // 3, before // 2
        text = f"Reports fell from {before} to {during} while it stood, and stay at {after} after it."
        operations.evaluate(act, story.deployment, text, before, during, after)

    def close(act: Act) -> None:
        operations.move_deployment(act, story.deployment, DeploymentState.CLOSED, keep_reason=True)

    history.at(london(removed, 12), lambda act: operations.remove(act, story.deployment, removed))
    evaluated = add_months(removed, history.policy.evaluation_months) + timedelta(days=4)
    if evaluated < plan.today:
        history.at(london(evaluated, 10), evaluate)
    closed = evaluated + timedelta(days=6)
    if closed < plan.today:
        history.at(london(closed, 10), close)


def _tell_alerts(history: History, plan: Plan, story: BidStory, first: date) -> None:
    """The daily alerts from the afternoon of `first` up to yesterday's; today's is the program's to raise."""

    def alert(act: Act) -> None:
        (each,) = load(act.session, [story.deployment], history.policy, JAG, act.today)
        operations.raise_alert(act, story.deployment, ends.alert(each, act.today))

    for past in range((plan.today - first).days):
        history.at(london(first + timedelta(days=past), 6 if past else 13), alert, who=SYSTEM)
