"""Eighteen months of rapid deployment for the demonstration: units, meetings, bids, decisions, deployments.

Written as rows, by the same rules as the services', with the audit entries the services would have written then.
"""

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from controlroom.accounts.records import Role, User
from controlroom.cameras.records import Camera
from controlroom.clock import local_date, london
from controlroom.database.unit_of_work import Work
from controlroom.deployments.deployments.tables import AlertRow
from controlroom.deployments.meetings.records import MeetingState, Outcome
from controlroom.deployments.meetings.tables import MeetingRow
from controlroom.deployments.policy import load_policy
from controlroom.deployments.units.records import UnitState
from controlroom.deployments.units.tables import UnitRow
from controlroom.simulator.borough.deployment_bids import BidStory, write_bids
from controlroom.simulator.borough.deployment_book import Book
from controlroom.simulator.borough.deployment_plan import Plan, Stay, make_plan
from controlroom.simulator.borough.deployment_stays import write_stays

SITES = tomllib.loads(Path(__file__).with_name("deployment_sites.toml").read_text(encoding="utf-8"))
PLACE, TIME = "Town hall, committee room 2", "10:00"


@dataclass(frozen=True)
class Summary:
    """What was written, for the demo's own report and for tests."""

    units: int
    meetings: int
    bids: int
    decisions: int
    deployments: int
    next_meeting: date


def write_deployments(
    work: Work, *, now: datetime, seed: int, users: Sequence[User], cameras: Sequence[Camera]
) -> Summary:
    """Write the story of the ten units up to `now`. `users` hold a coordinator, `cameras` the register."""
    today = local_date(now)
    dice = random.Random(seed * 1009 + today.toordinal())
    plan = make_plan(today, dice, list(SITES["sites"]))
    return write_plan(work, plan, dice, users=users, cameras=cameras)


def write_plan(
    work: Work, plan: Plan, dice: random.Random, *, users: Sequence[User], cameras: Sequence[Camera]
) -> Summary:
    """Write the rows of a plan; `dice` fill in what it leaves open."""
    coordinator = next(user.handle for user in users if Role.COORDINATOR in user.roles)
    book = Book(work, coordinator, load_policy())
    units = _write_units(book, plan, cameras)
    meetings = _write_meetings(book, plan)
    stories = [*_stay_stories(plan), *_other_stories(plan)]
    decisions = write_bids(book, plan, stories, meetings, cameras, SITES, dice)
    deployments = write_stays(book, plan, stories, units)
    _write_past_alerts(book, plan, deployments)
    book.write()
    return Summary(len(units), len(meetings), len(stories), decisions, len(deployments), plan.next)


def _stay_stories(plan: Plan) -> list[BidStory]:
    return [
        BidStory(
            stay.place, stay.meeting, [] if stay.chair_on else [(stay.meeting, Outcome.APPROVED)], stay=stay
        )
        for stay in plan.stays
    ]


def _other_stories(plan: Plan) -> list[BidStory]:
    return [BidStory(each.place, each.around, list(each.decisions), ends=each.ends) for each in plan.others]


def _write_units(book: Book, plan: Plan, cameras: Sequence[Camera]) -> dict[str, UnitRow]:
    registered = {camera.number: camera for camera in cameras}
    rows: dict[str, UnitRow] = {}
    bought = london(plan.meetings[0] - timedelta(days=30), 9)
    for number in range(1, 11):
        asset = f"RDC-{number:02d}"
        camera = registered.get(asset)
        state, note, since = _unit_today(plan, asset)
        rows[asset] = UnitRow(
            asset=asset,
            make=camera.make if camera else "Axis",
            model=camera.model if camera else "Q6225-LE",
            sim=f"8944 1200 {number:04d}",
            address=f"10.44.7.{10 + number}",
            state=state.value,
            note=note,
            since=london(since, 11) if since else bought,
            camera_id=camera.id if camera else None,
        )
        book.note(bought, "unit.added", "unit", asset, make=rows[asset].make, model=rows[asset].model)
    book.work.session.add_all(rows.values())
    book.work.session.flush()
    return rows


def _unit_today(plan: Plan, asset: str) -> tuple[UnitState, str, date | None]:
    stay = max((each for each in plan.stays if each.asset == asset), key=lambda each: each.install_on)
    if stay.kind == "scheduled":
        return UnitState.SCHEDULED, "", stay.meeting
    if stay.kind == "fault":
        return UnitState.FAULTY, "power fault, with contractor", stay.faulty_on
    if stay.removed_on is not None:
        return UnitState.IN_STORE, "", stay.removed_on
    return UnitState.LIVE, "", stay.live_on


def _write_meetings(book: Book, plan: Plan) -> dict[date, MeetingRow]:
    rows: dict[date, MeetingRow] = {}
    for day in plan.meetings:
        held = day < plan.today
        rows[day] = MeetingRow(
            day=day,
            time=TIME,
            place=PLACE,
            state=(MeetingState.HELD if held else MeetingState.PLANNED).value,
            minutes="Present: chair, police, ASB team, housing, licensing, CCTV. Decisions as recorded."
            if held
            else "",
        )
        planned = min(day - timedelta(days=120), plan.today - timedelta(days=30))
        book.note(london(planned, 9, 30), "meeting.planned", "meeting", str(day), time=TIME)
        if held:
            book.note(
                london(day, 12, 15), "meeting.held", "meeting", str(day), text=rows[day].minutes, time=TIME
            )
    book.work.session.add_all(rows.values())
    book.work.session.flush()
    return rows


def _write_past_alerts(book: Book, plan: Plan, deployments: dict[int, tuple[Stay | None, str]]) -> None:
    """The daily alerts of the overdue deployment up to yesterday; today's is the program's to raise."""
    for deployment_id, (stay, reference) in deployments.items():
        if stay is None or stay.kind != "overdue":
            continue
        end = stay.periods[-1][1]
        for past in range(1, (plan.today - end).days):
            day, at = end + timedelta(days=past), london(end + timedelta(days=past), 6)
            book.work.session.add(
                AlertRow(deployment_id=deployment_id, day=day, days_past=past, raised_at=at)
            )
            book.note(
                at,
                "deployment.alert",
                "deployment",
                reference,
                who="Control Room",
                day=str(day),
                days_past=past,
            )
