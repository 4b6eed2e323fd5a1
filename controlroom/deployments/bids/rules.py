"""Rules of bids: which state follows which, what a bid must state, the three tests, what can be done now. Pure."""

from collections.abc import Iterable, Mapping

from controlroom.deployments.bids.records import ActionNow, BidAction, BidContent, BidState
from controlroom.deployments.policy import Policy
from controlroom.errors import InvalidInput, RuleBroken
from controlroom.texts import as_seen, is_blank, says_something

_S = BidState
ROAD: Mapping[BidState, frozenset[BidState]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.WITHDRAWN}),
    _S.SUBMITTED: frozenset({_S.NEEDS_INFORMATION, _S.ASSESSED, _S.WITHDRAWN}),
    _S.NEEDS_INFORMATION: frozenset({_S.SUBMITTED, _S.WITHDRAWN}),
    _S.ASSESSED: frozenset({_S.TABLED, _S.WITHDRAWN}),
    _S.TABLED: frozenset({_S.APPROVED, _S.WAITLISTED, _S.DEFERRED, _S.REFUSED, _S.WITHDRAWN}),
    _S.APPROVED: frozenset({_S.DEPLOYED, _S.LAPSED, _S.WITHDRAWN}),
    # Waitlisted and deferred bids come back to a later meeting by being tabled again.
    _S.WAITLISTED: frozenset({_S.TABLED, _S.LAPSED, _S.WITHDRAWN}),
    _S.DEFERRED: frozenset({_S.TABLED, _S.LAPSED, _S.WITHDRAWN}),
    _S.REFUSED: frozenset(),
    _S.DEPLOYED: frozenset(),
    _S.LAPSED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
EDITABLE = frozenset({_S.DRAFT, _S.NEEDS_INFORMATION})
ASSESSABLE = frozenset({_S.SUBMITTED, _S.ASSESSED, _S.WAITLISTED, _S.DEFERRED})
PLANNABLE = frozenset({_S.ASSESSED, _S.TABLED, _S.APPROVED})

# Field, and how a bid without it is told so.
REQUIRED: tuple[tuple[str, str], ...] = (
    ("partner", "who is bidding"),
    ("contact", "whom to ask"),
    ("place", "the place"),
    ("ward", "the ward"),
    ("latitude", "the position"),
    ("longitude", "the position"),
    ("objectives", "the objective"),
    ("reports_3_months", "reports in the last 3 months"),
    ("reports_12_months", "reports in the last 12 months"),
    ("evidence", "the evidence"),
    ("causes", "the causes"),
    ("tried", "what was tried"),
    ("less_intrusive", "why less intrusive means fall short"),
    ("overlooked_homes", "overlooked homes"),
    ("times_of_concern", "times of concern"),
    ("success_measures", "success measures"),
    ("plan", "the problem-solving plan"),
    ("agencies", "the agencies committed"),
)
IN_WORDS = frozenset({"evidence", "causes", "tried", "less_intrusive", "success_measures", "plan"})
TESTS: tuple[tuple[str, str], ...] = (
    ("beyond_one_agency", "The problem is beyond what one agency can solve at ward level."),
    ("medium_term_plan", "There is a medium-term problem-solving plan of which the camera is one part."),
    ("agencies_committed", "Several agencies have committed themselves to act."),
)
FEWEST_AGENCIES = 2


def check_move(reference: str, here: BidState, there: BidState) -> None:
    """Raise RuleBroken unless a bid can go from `here` to `there`."""
    if there not in ROAD[here]:
        raise RuleBroken(f"{reference} is {here}: it cannot become {there} now.")


def check_content(content: BidContent, policy: Policy) -> None:
    """Raise InvalidInput for the first value that cannot be right; empty fields are allowed in a draft."""
    if not content.partner or is_blank(content.place):
        raise InvalidInput(
            "A bid needs at least a partner and a place.", remedy="Fill in both, the rest can follow."
        )
    if content.partner not in policy.partners:
        raise InvalidInput(
            f"'{content.partner}' is not a bidding partner.",
            remedy="Choose one of the list, or have it added there.",
        )
    unknown = [each for each in content.objectives if each not in policy.objectives]
    if unknown:
        raise InvalidInput(
            f"'{unknown[0]}' is not an objective.", remedy=f"Use {', '.join(policy.objectives)}."
        )
    _check_position(content.latitude, content.longitude)
    _check_counts(content.reports_3_months, content.reports_12_months)


def missing(content: BidContent) -> list[str]:
    """What the bid does not state yet, in the form's order, in words."""
    lacking = [words for name, words in REQUIRED if _empty(name, getattr(content, name))]
    return list(dict.fromkeys(lacking))


def failed_tests(content: BidContent) -> list[str]:
    """The tests of rule 3 (docs/rules.md) the bid does not pass, in words."""
    failed = [words for name, words in TESTS if not getattr(content, name)]
    if content.agencies_committed and len(different(content.agencies)) < FEWEST_AGENCIES:
        failed.append(f"At least {FEWEST_AGENCIES} different agencies have to be named as committed.")
    return failed


def different(names: Iterable[str]) -> set[str]:
    """The names that differ by what a person sees; blank ones are none."""
    return {as_seen(each).casefold() for each in names if not is_blank(each)}


def check_submit(reference: str, content: BidContent) -> None:
    """Raise RuleBroken naming everything rule 3 (docs/rules.md) asks for and the bid does not state."""
    if lacking := missing(content):
        raise RuleBroken(
            f"{reference} cannot be submitted: it does not state {_listed(lacking)}.",
            remedy="Fill that in; the form marks what is missing.",
        )


def check_assess(reference: str, content: BidContent) -> None:
    """Raise RuleBroken naming the tests the bid does not pass."""
    if failed := failed_tests(content):
        raise RuleBroken(
            f"{reference} does not pass the three tests. {' '.join(failed)}",
            "Only a bid that passes all three is scored.",
            "Ask the partner for information, or let the bid be withdrawn.",
        )


def actions(
    state: BidState, content: BidContent, *, next_meeting: bool, open_deployment: str
) -> tuple[ActionNow, ...]:
    """What the bid's state offers now. `open_deployment` is the reference of one under way, or empty."""
    lacking = missing(content)
    unstated = f"Does not state {_listed(lacking)}." if lacking else ""
    no_meeting = "" if next_meeting else "No meeting is planned."
    under_way, held = "", ""
    if open_deployment:
        under_way, held = f"{open_deployment} is under way.", f"Abort {open_deployment} first."
    can_table = _S.TABLED in ROAD[state]
    offered = (
        (BidAction.PLAN, under_way, state is _S.APPROVED),
        (BidAction.TABLE, no_meeting, can_table),
        (BidAction.SUBMIT, unstated, state in EDITABLE),
        (BidAction.EDIT, "", state in EDITABLE),
        (BidAction.ASSESS, " ".join(failed_tests(content)), state in ASSESSABLE),
        (BidAction.ASK, "", state is _S.SUBMITTED),
        (BidAction.PLAN, under_way, state in PLANNABLE and state is not _S.APPROVED),
        (BidAction.CHAIR, no_meeting, can_table or state is _S.TABLED),
        (BidAction.LAPSE, held, _S.LAPSED in ROAD[state]),
        (BidAction.WITHDRAW, held, _S.WITHDRAWN in ROAD[state]),
    )
    return tuple(ActionNow(action, why_not) for action, why_not, fits in offered if fits)


def _check_position(latitude: float | None, longitude: float | None) -> None:
    if (latitude is None) != (longitude is None):
        raise InvalidInput(
            "The position is half there.", remedy="Enter latitude and longitude: 51.3762, -0.0982."
        )
    if (
        latitude is not None
        and longitude is not None
        and not (-90 <= latitude <= 90 and -180 <= longitude <= 180)
    ):
        raise InvalidInput(
            f"{latitude}, {longitude} is no place on earth.",
            remedy="Enter latitude, then longitude: 51.3762, -0.0982.",
        )


def _check_counts(three: int | None, twelve: int | None) -> None:
    if any(count is not None and count < 0 for count in (three, twelve)):
        raise InvalidInput("A count of reports cannot be below nought.")
    if three is not None and twelve is not None and three > twelve:
        raise InvalidInput(
            f"{three} reports in 3 months are more than {twelve} in 12.",
            remedy="The twelve months include the last three: correct one of the counts.",
        )


def _empty(name: str, value: object) -> bool:
    if isinstance(value, tuple):
        return all(is_blank(str(each)) for each in value)
    if name in IN_WORDS:
        return not says_something(str(value))
    return value is None or (isinstance(value, str) and is_blank(value))


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
