"""What each action on a bid asks, and the use case it ends in."""

from collections.abc import Callable, Sequence

from controlroom.deployments.bids.records import Bid, BidAction
from controlroom.deployments.meetings.records import Meeting, MeetingState
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.context import Context

_A = BidAction


class BidPrompts:
    """Makes the prompt of an action on one bid; `meetings` are those known to the page."""

    def __init__(self, context: Context, bid: Bid, meetings: Sequence[Meeting]) -> None:
        self._services, self._actor = context.services, context.actor
        self._today, self._bid, self._meetings = context.today, bid, meetings

    def prompt(self, action: BidAction) -> FormSpec:
        """What `action` asks."""
        makers: dict[BidAction, Callable[[], FormSpec]] = {
            _A.ASK: self._ask,
            _A.TABLE: self._table,
            _A.CHAIR: self._chair,
            _A.PLAN: self._plan,
            _A.LAPSE: self._lapse,
            _A.WITHDRAW: self._withdraw,
        }
        return makers[action]()

    def _ask(self) -> FormSpec:
        return FormSpec(
            "Ask the partner",
            "Send question",
            lambda v: self._services.bids.ask(self._actor, self._bid.id, v["reason"]),
            (_reason("What should the partner tell?"),),
        )

    def _table(self) -> FormSpec:
        choices = [
            (words.meeting_line(each, self._today), each.id)
            for each in self._meetings
            if each.state is MeetingState.PLANNED and each.day >= self._today
        ]
        return FormSpec(
            "Table at a meeting",
            "Table bid",
            lambda v: self._services.meetings.table_bid(self._actor, self._bid.id, v["meeting"]),
            (Field("meeting", "Meeting", "choice", choices=choices, needed=True),),
        )

    def _chair(self) -> FormSpec:
        return FormSpec(
            "Chair's action: approve",
            "Record chair's action",
            lambda v: self._services.meetings.chair_approves(self._actor, self._bid.id, v["reason"]),
            (_reason("Why it cannot wait for the meeting"),),
            "The next meeting ratifies or ends it. DPIA, signs and test image are still required.",
        )

    def _plan(self) -> FormSpec:
        return FormSpec(
            "Plan the deployment",
            "Plan deployment",
            lambda _v: self._services.deployments.plan(self._actor, self._bid.id),
            (),
            "Survey and DPIA can begin now; no unit is installed before the JAG has decided.",
        )

    def _lapse(self) -> FormSpec:
        return FormSpec(
            "Let the bid lapse",
            "Let lapse",
            lambda v: self._services.bids.lapse(self._actor, self._bid.id, v["reason"]),
            (_reason("Why it lapses"),),
            kind="danger",
        )

    def _withdraw(self) -> FormSpec:
        return FormSpec(
            "Withdraw for the partner",
            "Withdraw bid",
            lambda v: self._services.bids.withdraw(self._actor, self._bid.id, v["reason"]),
            (_reason("Why the partner withdraws it"),),
            kind="danger",
        )


def _reason(text: str) -> Field:
    return Field("reason", text, "text", needed=True)
