"""Writes eighteen months of rapid deployment for the demonstration: units, meetings, bids, decisions, deployments.

They are written by the row operations the services use, each at its moment (`deployment_history.py`).
"""

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from controlroom.accounts.records import Role, User
from controlroom.audit.act import Act
from controlroom.cameras.records import Camera
from controlroom.clock import local_date, london
from controlroom.database.unit_of_work import Work
from controlroom.deployments.meetings.agenda import unanswered
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.meetings.work import hold_meeting, plan_meeting
from controlroom.deployments.policy import load_policy
from controlroom.deployments.units.records import NewUnit
from controlroom.deployments.units.work import add_unit
from controlroom.log.snapshots import SnapshotStore
from controlroom.simulator.borough.deployment_bids import (
    BidStory,
    decided_at,
    prepare,
    tell_bid,
    tell_decisions,
)
from controlroom.simulator.borough.deployment_history import History
from controlroom.simulator.borough.deployment_plan import Plan, make_plan
from controlroom.simulator.borough.deployment_stays import shots_of, tell_stay
from controlroom.simulator.borough.photographs import Photographs, photographs

SITES = tomllib.loads(Path(__file__).with_name("deployment_sites.toml").read_text(encoding="utf-8"))
PLACE, TIME = "Town hall, committee room 2", "10:00"
MINUTES = "Present: chair, police, ASB team, housing, licensing, CCTV. Decisions as recorded."
UNITS = 10


@dataclass(frozen=True)
class DeploymentSummary:
    """Counts what was written, for the demo's own report and for tests."""

    units: int
    meetings: int
    bids: int
    deployments: int
    next_meeting: date


def write_deployments(
    work: Work,
    *,
    now: datetime,
    seed: int,
    users: Sequence[User],
    cameras: Sequence[Camera],
    pictures: SnapshotStore | None = None,
) -> DeploymentSummary:
    """Write the story of the ten units up to `now`. `users` hold a coordinator, `cameras` the register.

    The test pictures are drawn and kept in `pictures`; without it they are names alone, which saves seconds.
    """
    today = local_date(now)
    dice = random.Random(seed * 1009 + today.toordinal())
    plan = make_plan(today, dice, list(SITES["sites"]))
    with photographs(pictures, shots_of(plan)) as taken:
        return write_plan(work, plan, dice, users=users, cameras=cameras, taken=taken)


def write_plan(
    work: Work,
    plan: Plan,
    dice: random.Random,
    *,
    users: Sequence[User],
    cameras: Sequence[Camera],
    taken: Photographs | None = None,
) -> DeploymentSummary:
    """Write the rows of a plan; `dice` fill in what it leaves open."""
    coordinator = next(user.handle for user in users if Role.COORDINATOR in user.roles)
    history = History(work, coordinator, load_policy(), taken)
    stories = [*_stay_stories(plan), *_other_stories(plan)]
    prepare(stories, plan, history.policy, cameras, SITES, dice)
    _tell_units(history, plan, cameras)
    _tell_meetings(history, plan)
    for story in stories:
        tell_bid(history, plan, story)
    for day, decided in decided_at(stories).items():
        tell_decisions(history, day, decided)
    for story in stories:
        if story.stay is not None or story.ends == "aborted":
            tell_stay(history, plan, story)
    history.write()
    deployments = sum(story.planned is not None for story in stories)
    return DeploymentSummary(len(history.units), len(history.meetings), len(stories), deployments, plan.next)


def _stay_stories(plan: Plan) -> list[BidStory]:
    return [
        BidStory(
            stay.place, stay.meeting, [] if stay.chair_on else [(stay.meeting, Outcome.APPROVED)], stay=stay
        )
        for stay in plan.stays
    ]


def _other_stories(plan: Plan) -> list[BidStory]:
    return [BidStory(each.place, each.around, list(each.decisions), ends=each.ends) for each in plan.others]


def _tell_units(history: History, plan: Plan, cameras: Sequence[Camera]) -> None:
    registered = {camera.number: camera for camera in cameras}

    def buy(act: Act) -> None:
        for number in range(1, UNITS + 1):
            asset = f"RDC-{number:02d}"
            camera = registered.get(asset)
            unit = NewUnit(
                asset=asset,
                make=camera.make if camera else "Axis",
                model=camera.model if camera else "Q6225-LE",
                sim=f"8944 1200 {number:04d}",
                address=f"10.44.7.{10 + number}",
            )
            history.units[asset] = add_unit(act, unit, camera.id if camera else None)

    history.at(london(plan.meetings[0] - timedelta(days=30), 9), buy)


def _tell_meetings(history: History, plan: Plan) -> None:
    def set_up(day: date, act: Act) -> None:
        history.meetings[day] = plan_meeting(act, day, TIME, PLACE)

    def hold(day: date, act: Act) -> None:
        row = history.meetings[day]
        hold_meeting(act, row, MINUTES, unanswered(act.session, row, history.policy, act.today))

    for day in plan.meetings:
        planned = min(day - timedelta(days=120), plan.today - timedelta(days=30))
        history.at(london(planned, 9, 30), partial(set_up, day))
        if day < plan.today:
            history.at(london(day, 12, 15), partial(hold, day))
