"""Compares what a meeting decides with the ranking of the bids: what departs from it, and what the minutes say of it.

The ranking is by the scores as they were given. Two things can be wrong with it that nobody sees on the agenda: a bid
that ranks better is not on it, or the weights were changed since. Both need a reason, and both are said in the minutes.
Pure.
"""

import itertools
from collections.abc import Iterable, Sequence

from controlroom.deployments.meetings.records import Agenda, LeftOff, Outcome, RankedBid, is_better


def departure(
    bid: RankedBid, outcome: Outcome, ranking: Iterable[RankedBid], left_off: Iterable[LeftOff] = ()
) -> str:
    """Why `outcome` would depart from the ranking, in words; empty when it follows it."""
    ranking = list(ranking)
    if said := _against(ranking, bid, outcome):
        return said
    if outcome is Outcome.APPROVED and (better := _better_than(bid, left_off)):
        return f"{better[0].reference} ranks better and is not on the agenda"
    said = _against(by_todays_weights(ranking), bid, outcome)
    return f"by today's weights {said}" if said else ""


def by_todays_weights(ranking: Iterable[RankedBid]) -> list[RankedBid]:
    """The bids in the order of the weights in force; equal ones as the agenda has them."""
    return sorted(ranking, key=lambda each: (-each.score_today, each.rank))


def remarks(agenda: Agenda) -> list[str]:
    """What the minutes say of the ranking: better bids left off the agenda, and an order the weights have changed."""
    said = []
    lowest = max(_approved(agenda), key=lambda each: each.rank, default=None)
    if lowest is not None and (better := _better_than(lowest, agenda.left_off)):
        names = ", ".join(f"{each.reference} ({each.score:.0f})" for each in better)
        said.append(
            f"Not on the agenda, though better than {lowest.reference} ({lowest.score:.0f}): {names}."
        )
    if (today := by_todays_weights(agenda.bids)) != list(agenda.bids):
        said.append(
            "The weights were changed since the scores were given: by today's weights the order is "
            f"{_listed(today)}, and was {_listed(agenda.bids)}."
        )
    return said


def unexplained(agenda: Agenda) -> list[str]:
    """The remarks that no decision of the meeting has given a reason for."""
    explained = any(each.decision is not None and each.decision.departs for each in agenda.bids)
    alone = any(
        each.decision is not None and not each.decision.departs and _better_than(each, agenda.left_off)
        for each in _approved(agenda)
    )
    return remarks(agenda) if alone or not explained else []


def minutes_with_ranking(minutes: str, agenda: Agenda, reason: str) -> str:
    """The minutes of a meeting that closes, with the remarks on its ranking and the reasons given, once each."""
    decided = [(each, each.decision) for each in agenda.bids if each.decision is not None]
    lines = remarks(agenda)
    if reason.strip():
        lines.append(f"Reason: {reason.strip()}")
    lines += [
        f"{each.reference} {decision.outcome.value}, departing from the ranking: {decision.reason}"
        for each, decision in decided
        if decision.departs
    ]
    return "\n".join([minutes.strip(), *(line for line in lines if line not in minutes)])


def _against(order: Sequence[RankedBid], bid: RankedBid, outcome: Outcome) -> str:
    """Why `outcome` goes against an order of the bids, of which so many get a unit as stand above the agenda's line."""
    above = list(itertools.takewhile(lambda each: each.bid_id != bid.bid_id, order))
    rank, line = len(above) + 1, sum(each.above_line for each in order)
    if outcome is not Outcome.APPROVED:
        return f"{bid.reference} ranks {rank}, above the line of free units" if rank <= line else ""
    waiting = next((each for each in above if each.decision is None), None)
    if waiting is not None:
        return f"{waiting.reference} ranks higher and is not decided yet"
    return f"{bid.reference} ranks {rank}, below the line of free units" if rank > line else ""


def _better_than(bid: RankedBid, left_off: Iterable[LeftOff]) -> list[LeftOff]:
    return [each for each in left_off if is_better(each, bid)]


def _approved(agenda: Agenda) -> list[RankedBid]:
    return [each for each in agenda.bids if each.decision and each.decision.outcome is Outcome.APPROVED]


def _listed(bids: Iterable[RankedBid]) -> str:
    return ", ".join(each.reference for each in bids)
