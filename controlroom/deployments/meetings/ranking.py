"""Compares what a meeting decides with the ranking of the bids: what departs from it, and what the minutes say of it.

The ranking is by the scores as they were given. Two things can be wrong with it that nobody sees on the agenda: a bid
that ranks better is not on it, or the weights were changed since. Both need a reason, and both are said in the minutes.
Pure.
"""

from collections.abc import Iterable, Sequence

from controlroom.deployments.meetings.records import Agenda, LeftOff, Outcome, RankedBid


def departure(
    bid: RankedBid, outcome: Outcome, ranking: Iterable[RankedBid], left_off: Iterable[LeftOff] = ()
) -> str:
    """Why `outcome` would depart from the ranking, in words; empty when it follows it."""
    ranking = list(ranking)
    return (
        _from_the_agenda(bid, outcome, ranking)
        or (_from_what_is_left_off(bid, left_off) if outcome is Outcome.APPROVED else "")
        or _from_todays_weights(bid, outcome, ranking)
    )


def by_todays_weights(ranking: Iterable[RankedBid]) -> list[RankedBid]:
    """The bids in the order of the weights in force; equal ones as the agenda has them."""
    return sorted(ranking, key=lambda each: (-each.score_today, each.rank))


def remarks(agenda: Agenda) -> list[str]:
    """What the minutes say of the ranking: better bids left off the agenda, and an order the weights have changed."""
    said = []
    approved = _approved(agenda)
    lowest = max(approved, key=lambda each: each.rank, default=None)
    if lowest is not None and (better := [each for each in agenda.left_off if _is_better(each, lowest)]):
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
        each.decision is not None
        and not each.decision.departs
        and _from_what_is_left_off(each, agenda.left_off)
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


def _from_the_agenda(bid: RankedBid, outcome: Outcome, ranking: Sequence[RankedBid]) -> str:
    if outcome is not Outcome.APPROVED:
        return f"{bid.reference} ranks {bid.rank}, above the line of free units" if bid.above_line else ""
    waiting = [each for each in ranking if each.rank < bid.rank and each.decision is None]
    if waiting:
        return f"{waiting[0].reference} ranks higher and is not decided yet"
    return "" if bid.above_line else f"{bid.reference} ranks {bid.rank}, below the line of free units"


def _from_what_is_left_off(bid: RankedBid, left_off: Iterable[LeftOff]) -> str:
    better = next((each for each in left_off if _is_better(each, bid)), None)
    return f"{better.reference} ranks better and is not on the agenda" if better is not None else ""


def _from_todays_weights(bid: RankedBid, outcome: Outcome, ranking: Sequence[RankedBid]) -> str:
    today = by_todays_weights(ranking)
    rank = today.index(bid) + 1 if bid in today else bid.rank
    line = sum(each.above_line for each in ranking)
    if today == list(ranking):
        return ""
    if outcome is not Outcome.APPROVED:
        return f"by today's weights {bid.reference} ranks {rank}, above the line of free units" * (
            rank <= line
        )
    waiting = next((each for each in today[: rank - 1] if each.decision is None), None)
    if waiting is not None:
        return f"by today's weights {waiting.reference} ranks higher: they were changed since it was scored"
    return f"by today's weights {bid.reference} ranks {rank}, below the line of free units" * (rank > line)


def _is_better(other: LeftOff, bid: RankedBid) -> bool:
    return other.score > bid.score or other.score_today > bid.score_today


def _approved(agenda: Agenda) -> list[RankedBid]:
    return [each for each in agenda.bids if each.decision and each.decision.outcome is Outcome.APPROVED]


def _listed(bids: Iterable[RankedBid]) -> str:
    return ", ".join(each.reference for each in bids)
