"""What the recording of a decision asks: the outcome, and a reason where the rules want one."""

from controlroom.clock import show_day
from controlroom.deployments.meetings.records import (
    BID_OUTCOMES,
    Agenda,
    AgendaItem,
    ChairItem,
    DeploymentItem,
    Outcome,
    RankedBid,
)
from controlroom.deployments.meetings.rules import departure
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.context import Context


class DecisionPrompts:
    """Makes the prompt for an item of one agenda."""

    def __init__(self, context: Context, agenda: Agenda) -> None:
        self._context, self._agenda = context, agenda
        self._meetings, self._actor = context.services.meetings, context.actor

    def of(self, item: AgendaItem) -> FormSpec:
        """What is asked about `item`."""
        if isinstance(item, RankedBid):
            return self._bid(item)
        return self._deployment(item) if isinstance(item, DeploymentItem) else self._chair(item)

    def _bid(self, item: RankedBid) -> FormSpec:
        departs = departure(item, Outcome.APPROVED, self._agenda.bids)
        follows = (
            "Approving follows the ranking." if not departs else f"Approving departs from it: {departs}."
        )
        meeting = self._agenda.meeting
        return FormSpec(
            f"{item.rank} · {item.place}, {item.ward}",
            "Record decision",
            lambda v: self._meetings.record_decision(
                self._actor,
                meeting.id,
                item.bid_id,
                v["outcome"],
                reason=v["reason"],
                signed_off_by=v["signed"],
            ),
            (
                Field(
                    "outcome",
                    "The meeting's decision",
                    "choice",
                    value=Outcome.WAITLISTED if not item.above_line else Outcome.APPROVED,
                    choices=tuple((outcome.capitalize(), outcome) for outcome in BID_OUTCOMES),
                ),
                Field(
                    "reason",
                    "Reason",
                    "text",
                    "Needed to defer or refuse, and to depart from the ranking.",
                ),
                Field(
                    "signed",
                    "Signed off by",
                    help="For a refusal: by role, not whoever records it. JAG chair, say.",
                ),
            ),
            f"Score {item.score:.0f}. {item.summary}. {follows}",
        )

    def _deployment(self, item: DeploymentItem) -> FormSpec:
        meeting = self._agenda.meeting
        months = words.count(self._context.services.policy.months, "month")
        return FormSpec(
            f"{item.asset} · {item.place}",
            "Record decision",
            lambda v: self._meetings.record_extension(
                self._actor, meeting.id, item.deployment_id, v["outcome"], reason=v["reason"]
            ),
            (
                Field(
                    "outcome",
                    "The meeting's decision",
                    "choice",
                    value=Outcome.EXTENDED,
                    choices=((f"Extended by {months}", Outcome.EXTENDED), ("Ended", Outcome.ENDED)),
                ),
                Field("reason", "Reason", "text", "Needed to end it; good to have for an extension."),
            ),
            f"Its last day: {show_day(item.ends_on)}, {words.days_left(item.days_left)}. {item.paper}".strip(),
        )

    def _chair(self, item: ChairItem) -> FormSpec:
        meeting, done = self._agenda.meeting, item.decision
        return FormSpec(
            f"Chair's action: {done.place}",
            "Record decision",
            lambda v: self._meetings.ratify(
                self._actor, meeting.id, done.id, ratified=v["ratified"], reason=v["reason"]
            ),
            (
                Field(
                    "ratified",
                    "The meeting",
                    "choice",
                    value=True,
                    choices=(("Ratifies it", True), ("Ends it", False)),
                ),
                Field("reason", "Reason", "text", "Needed to end it: what stands on it then ends too."),
            ),
            f"{done.outcome.capitalize()} on {show_day(done.decided_on)}. {done.reason}",
        )
