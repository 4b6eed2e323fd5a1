"""Invents the demonstration's bids: what each states, its scores, and the decisions about it."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from controlroom.audit.act import Act
from controlroom.cameras.records import Camera
from controlroom.clock import london
from controlroom.deployments.bids import scoring
from controlroom.deployments.bids.records import Assessment, BidContent, BidState, NearestCamera, ScoreLine
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.bids.work import add_bid, ask_about_bid, assess_bid, move_bid, submit_bid
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.meetings.tables import DecisionRow
from controlroom.deployments.meetings.work import approve_by_chair, decide_bid, put_bid_on_agenda, ratify
from controlroom.deployments.policy import Policy
from controlroom.simulator.borough.deployment_history import History
from controlroom.simulator.borough.deployment_plan import Plan, Stay

# Severity, vulnerability, feasibility, alternatives; reports in 3 and 12 months: what stands on the next agenda.
NEXT_SCORES = {
    "Wellington Road": ((10, 9, 9, 9), (31, 90)),
    "Headley Drive": ((7, 7, 8, 8), (14, 41)),
    "Portland Road shops": ((8, 6, 8, 7), (12, 38)),
    "Panton Close": ((5, 6, 5, 5), (8, 26)),
    "Tamworth Road": ((7, 6, 8, 6), (12, 44)),
    "King Henry's Drive": ((4, 3, 9, 7), (7, 19)),
}
REASONS = {
    Outcome.REFUSED: "Lighting and tenancy action come first; to be looked at again when both are done.",
    Outcome.DEFERRED: "The owner of the lamp column is not known yet; highways to answer before the next meeting.",
    Outcome.WAITLISTED: "",
}
DEPARTS = "Waits for the street works to end; the next in rank can begin at once."
CHAIR = "A firearm was discharged there last night."
QUESTION = "Who owns the lamp column at the corner, and is there power in it after midnight?"
SIGNED_BY = "JAG chair"
SOLVED = "The partner solved it by closing the gate."
# Days after the last decision, and why.
LAPSES = {
    "lapsed": (62, "No unit came free in two months."),
    "aborted": (34, "The column is condemned; no other has power."),
}
Row = TypeVar("Row")
UNSCORED = frozenset({"asked", "submitted", "draft", "withdrawn"})


@dataclass
class BidStory:
    """One bid: where, for which meeting, what was decided, and what became of it; its rows once they are written."""

    place: str
    around: date
    decisions: list[tuple[date, Outcome]]
    stay: Stay | None = None
    ends: str = ""
    begun: datetime = field(default=datetime.min.replace(tzinfo=UTC))
    content: BidContent = field(default_factory=BidContent)
    given: dict[str, int] = field(default_factory=dict)
    lines: tuple[ScoreLine, ...] = ()
    score: float = 0.0
    nearest: NearestCamera | None = None
    added: BidRow | None = None
    approved: DecisionRow | None = None
    planned: DeploymentRow | None = None

    @property
    def bid(self) -> BidRow:
        """The bid's row."""
        return _written(self.added, self.place)

    @property
    def approval(self) -> DecisionRow:
        """The decision that approved the bid."""
        return _written(self.approved, self.place)

    @property
    def deployment(self) -> DeploymentRow:
        """The deployment's row."""
        return _written(self.planned, self.place)


def prepare(
    stories: list[BidStory],
    plan: Plan,
    policy: Policy,
    cameras: Sequence[Camera],
    sites: Mapping[str, Any],
    dice: random.Random,
) -> None:
    """Work out when each bid was begun (and sort by it), what it states and how it scores."""
    for story in stories:
        story.begun = _begun(plan, story, dice)
    stories.sort(key=lambda story: story.begun)
    for story in stories:
        story.content = _content(story, sites, dice)
        if story.ends not in UNSCORED:
            theme = sites["themes"][sites["sites"][story.place]["theme"]]
            parts = NEXT_SCORES[story.place][0] if story.ends == "tabled" else tuple(theme["scores"])
            names = ("severity", "vulnerability", "feasibility", "alternatives")
            story.given = dict(zip(names, parts, strict=True))
            _score(story, policy, cameras)
    for decided in decided_at(stories).values():
        _let_the_approved_rank_first(decided, policy, cameras)


def decided_at(stories: Sequence[BidStory]) -> dict[date, list[tuple[BidStory, Outcome]]]:
    """By day of the meeting: the bids it decided."""
    found: dict[date, list[tuple[BidStory, Outcome]]] = defaultdict(list)
    for story in stories:
        for day, outcome in story.decisions:
            found[day].append((story, outcome))
    return found


def tell_bid(history: History, plan: Plan, story: BidStory) -> None:
    """Tell a bid along its road, as far as it came; what meetings decide is told by `tell_decisions`."""
    day, stay = story.begun.date(), story.stay

    def add(act: Act) -> None:
        story.added = add_bid(act, story.content)

    def table(meeting: date, act: Act) -> None:
        put_bid_on_agenda(act, story.bid, history.meetings[meeting])

    history.at(story.begun, add)
    if story.ends == "draft":
        return
    history.at(london(day + timedelta(days=2), 10, 5), lambda act: submit_bid(act, story.bid))
    answered = london(day + timedelta(days=6), 14, 20)
    if story.ends == "asked":
        history.at(answered, lambda act: ask_about_bid(act, story.bid, QUESTION))
    if story.ends == "withdrawn":
        history.at(answered, partial(_move, story, BidState.WITHDRAWN, SOLVED))
    if story.ends in UNSCORED:
        return
    assessed = london(day + timedelta(days=7), 11, 40)
    history.at(assessed, lambda act: assess_bid(act, story.bid, story.lines, story.score, story.nearest))
    if stay is not None and stay.chair_on is not None:
        _tell_chair(history, story, stay, stay.chair_on)
    tabled_at = london(day + timedelta(days=9), 15, 5)
    for meeting, _ in story.decisions:
        history.at(tabled_at, partial(table, meeting))
        tabled_at = london(meeting, 16, 10)
    if story.ends == "tabled":
        history.at(tabled_at, partial(table, plan.next))
    if story.ends in LAPSES:
        days, why = LAPSES[story.ends]
        lapsed = story.decisions[-1][0] + timedelta(days=days)
        if lapsed < plan.today:
            history.at(london(lapsed, 9, 50), partial(_move, story, BidState.LAPSED, why))


def tell_decisions(history: History, day: date, decided: Sequence[tuple[BidStory, Outcome]]) -> None:
    """Tell what the meeting of a day decided about the bids on its agenda, in their ranking."""
    ranked = sorted(decided, key=lambda each: -each[0].score)  # of equal ones the earlier first, as they come
    last = max(
        (rank for rank, (_, outcome) in enumerate(ranked, 1) if outcome is Outcome.APPROVED), default=0
    )

    def decide(rank: int, story: BidStory, outcome: Outcome, act: Act) -> None:
        departs = outcome is not Outcome.APPROVED and rank < last
        row = decide_bid(
            act,
            story.bid,
            history.meetings[day],
            outcome,
            REASONS.get(outcome, "") or (DEPARTS if departs else ""),
            rank=rank,
            score=story.score,
            departs=departs,
            signed_off_by=SIGNED_BY if outcome is Outcome.REFUSED else "",
        )
        if outcome is Outcome.APPROVED:
            story.approved = row

    for rank, (story, outcome) in enumerate(ranked, 1):
        history.at(london(day, 10, 20 + 5 * rank % 35), partial(decide, rank, story, outcome))


def _move(story: BidStory, to: BidState, reason: str, act: Act) -> None:
    move_bid(act, story.bid, to, reason=reason)


def _tell_chair(history: History, story: BidStory, stay: Stay, acted_on: date) -> None:
    """The chair's action, and the meeting that ratified it; one that did not ends it as it closes."""

    def approve(act: Act) -> None:
        meeting, days = history.meetings[stay.meeting], history.policy.chair_action_days
        story.approved = approve_by_chair(act, story.bid, meeting, CHAIR, days)

    def agree(act: Act) -> None:
        ratify(act, story.bid, story.approval, history.meetings[stay.meeting], "", ratified=True)

    history.at(london(acted_on, 9, 10), approve)
    if stay.kind != "chair ended":
        history.at(london(stay.meeting, 10, 10), agree)


def _begun(plan: Plan, story: BidStory, dice: random.Random) -> datetime:
    first = min([story.around, *(day for day, _ in story.decisions)])
    if story.stay is not None and story.stay.chair_on is not None:
        first = story.stay.chair_on + timedelta(days=8)
    first = min(first, plan.today + timedelta(days=2))
    return london(first - timedelta(days=dice.randint(17, 27)), dice.randint(9, 16), dice.randint(0, 59))


def _content(story: BidStory, sites: Mapping[str, Any], dice: random.Random) -> BidContent:
    site = sites["sites"][story.place]
    theme = sites["themes"][site["theme"]]
    low, high = theme["reports"]
    twelve = dice.randint(low, high)
    three = max(2, round(twelve * dice.uniform(0.2, 0.4)))
    if story.ends == "tabled":
        three, twelve = NEXT_SCORES[story.place][1]
    if story.ends == "draft":
        return BidContent(
            partner=site["partner"], contact=site["contact"], place=story.place, ward=site["ward"]
        )
    words = {
        name: theme[name].format(place=story.place)
        for name in (
            "evidence",
            "causes",
            "tried",
            "less_intrusive",
            "overlooked_homes",
            "times_of_concern",
            "success_measures",
            "plan",
        )
    }
    return BidContent(
        partner=site["partner"],
        contact=site["contact"],
        place=story.place,
        ward=site["ward"],
        latitude=site["at"][0],
        longitude=site["at"][1],
        objectives=tuple(theme["objectives"]),
        reports_3_months=three,
        reports_12_months=twelve,
        agencies=tuple(theme["agencies"]),
        beyond_one_agency=True,
        medium_term_plan=True,
        agencies_committed=True,
        **words,
    )


def _score(story: BidStory, policy: Policy, cameras: Sequence[Camera]) -> None:
    content = story.content
    story.nearest = scoring.nearest_camera(content.latitude, content.longitude, cameras, policy)
    given = story.given | scoring.proposed(content, story.nearest, policy)
    story.lines, story.score = scoring.score_lines(Assessment(given), story.nearest, policy)


def _let_the_approved_rank_first(
    decided: Sequence[tuple[BidStory, Outcome]], policy: Policy, cameras: Sequence[Camera]
) -> None:
    """Mark down what a meeting did not approve, until what it approved ranks above it."""
    floor = min((story.score for story, outcome in decided if outcome is Outcome.APPROVED), default=101)
    for story, outcome in decided:
        if outcome is Outcome.APPROVED or story.ends == "tabled":
            continue
        while story.score >= floor and any(story.given.values()):
            story.given = {part: max(0, given - 1) for part, given in story.given.items()}
            _score(story, policy, cameras)


def _written(row: Row | None, place: str) -> Row:
    if row is None:
        raise ValueError(f"nothing is written yet of the bid for {place}")
    return row
