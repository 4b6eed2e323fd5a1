"""Declares what each action on a bid, a deployment or an agenda item asks, and the use case it ends in.

The key of a field is the name of the use case's parameter that takes the answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from controlroom.clock import show_day
from controlroom.deployments.bids.records import Bid, BidAction
from controlroom.deployments.dates import last_day
from controlroom.deployments.deployments.records import CheckKind, Deployment, DeploymentAction
from controlroom.deployments.meetings.ranking import departure
from controlroom.deployments.meetings.records import (
    BID_OUTCOMES,
    Agenda,
    AgendaItem,
    ChairItem,
    DeploymentItem,
    Meeting,
    Outcome,
    RankedBid,
)
from controlroom.deployments.units.records import Unit, UnitState
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.picture_field import PictureField
from controlroom.ui.pages.deployments.tab import Context
from controlroom.ui.widgets.key_button import ButtonKind

A = TypeVar("A", BidAction, DeploymentAction)
_B, _D = BidAction, DeploymentAction
PLANNING = "Survey and DPIA can begin now; no unit is installed before the JAG has decided."


def form(
    title: str,
    run: Callable[..., Any],
    *fields: Field,
    confirm: str = "",
    text: str = "",
    kind: ButtonKind = "primary",
    said: str | Callable[[Any], str] = "",
    also: Sequence[str] = (),
) -> FormSpec:
    """A form whose answers are the keyword arguments of `run`; without `confirm` the action's own words confirm it."""
    return FormSpec(title, confirm, lambda answers: run(**answers), fields, text, kind, said=said, also=also)


def bid_forms(context: Context, bid: Bid, meetings: Sequence[Meeting]) -> Mapping[BidAction, FormSpec]:
    """By action: what is asked about a bid. `meetings` are those it could be tabled at."""
    services, actor, bids = context.services, context.session.actor, context.services.bids
    forms = {
        _B.ASK: form(
            "Ask the partner",
            lambda reason: bids.ask(actor, bid.id, reason),
            _reason("What should the partner tell?"),
            confirm="Record question",
        ),
        _B.TABLE: form(
            "Table at a meeting",
            partial(services.meetings.table_bid, actor, bid.id),
            _meeting(context, meetings),
            confirm="Table bid",
        ),
        _B.CHAIR: form(
            "Chair's action: approve",
            partial(services.meetings.chair_approves, actor, bid.id),
            _reason("Why it cannot wait for the meeting"),
            text=f"{_chair_text(context)} DPIA, signs and test picture are still required.",
        ),
        _B.PLAN: form(
            "Plan the deployment",
            partial(services.deployments.plan, actor, bid.id),
            text=PLANNING,
        ),
        _B.LAPSE: form(
            "Let the bid lapse",
            partial(bids.lapse, actor, bid.id),
            _reason("Why it lapses"),
            kind="danger",
        ),
        _B.WITHDRAW: form(
            "Withdraw for the partner",
            partial(bids.withdraw, actor, bid.id),
            _reason("Why the partner withdraws it"),
            confirm="Withdraw bid",
            kind="danger",
        ),
    }
    return _confirmed(forms)


def deployment_forms(
    context: Context, each: Deployment, units: Sequence[Unit], meetings: Sequence[Meeting]
) -> Mapping[DeploymentAction, FormSpec]:
    """By action: what is asked about a deployment. `units` and `meetings` are those it could have or go to."""
    forms = _forms_to_live(context, each, units) | _forms_from_live(context, each, meetings)
    return _confirmed(forms)


def _forms_to_live(
    context: Context, each: Deployment, units: Sequence[Unit]
) -> dict[DeploymentAction, FormSpec]:
    service, actor, today = context.services.deployments, context.session.actor, context.today
    now = partial(getattr, context, "today")
    months = context.services.policy.months
    in_store = next((unit.id for unit in units if unit.state is UnitState.IN_STORE), None)
    ends, soon = last_day(today, months), last_day(today + timedelta(days=7), months)
    down = Field("unit_down", "Unit and signs are taken down", "tick", needed=True)
    return {
        _D.SURVEY: form(
            "Site survey",
            partial(service.record_survey, actor, each.id),
            Field("column", "Lamp column", help="The number on the column, e.g. LC 014.", needed=True),
            Field(
                "note",
                "What was found",
                "text",
                "Power, signal, view, homes that could be overlooked.",
                needed=True,
                in_words=True,
            ),
            Field("on", "Surveyed on", "day", value=now, when="past"),
        ),
        _D.DPIA: form(
            "Data-protection impact assessment",
            partial(service.record_dpia, actor, each.id),
            Field("reference", "Filed as", help="Its reference in the register of assessments.", needed=True),
            Field("passed", "Outcome", "choice", value=True, choices=(("Passed", True), ("Failed", False))),
            Field(
                "note", "Conditions or concerns", "text", "Masks, hours, homes; empty when there are none."
            ),
            Field("on", "Assessed on", "day", value=now, when="past"),
            text="No camera is installed without a passed assessment.",
        ),
        _D.SCHEDULE: form(
            "Promise a unit for a day",
            partial(service.schedule, actor, each.id),
            Field(
                "unit_id",
                "Unit",
                "choice",
                value=each.unit_id or in_store,
                choices=[(_unit(unit), unit.id) for unit in units if unit.state is not UnitState.FAULTY],
                needed=True,
            ),
            Field(
                "on",
                "Install on",
                "day",
                f"Three calendar months run from going live: live in a week, it ends on {show_day(soon)}.",
                value=each.install_on or now,
                when="future",
            ),
            text="A unit is in one place at a time: days it is promised elsewhere are refused.",
        ),
        _D.INSTALL: form(
            "Installation",
            partial(service.install, actor, each.id),
            Field("on", "Installed on", "day", value=now, when="past"),
            text=f"{each.asset} hangs on column {each.column}.",
        ),
        _D.SIGNS: form(
            "Signs",
            partial(service.record_signs, actor, each.id),
            Field("on", "Put up on", "day", value=now, when="past"),
            confirm="Signs are up",
            text="Signs at every way into the view, with who runs the camera and how to reach them.",
        ),
        _D.TEST_IMAGE: form(
            "Test picture",
            partial(service.record_test_image, actor, each.id),
            Field(
                "picture",
                "The view from the column, with its masks",
                needed="Take a picture, or choose a file.",
                make=lambda: PictureField(_take(context, each, units), context.background),
            ),
            Field("on", "Taken on", "day", value=now, when="past"),
            text="It is kept with its SHA-256 and shown here.",
        ),
        _D.CHECK_FAILED: form(
            "A check does not hold",
            partial(service.record_failed_check, actor, each.id),
            Field("kind", "Which", "choice", choices=[(kind.words, kind) for kind in CheckKind], needed=True),
            Field("why", "What is wrong", "text", needed=True, in_words=True),
            Field("on", "Found on", "day", value=now, when="past"),
            confirm="Record failure",
            kind="danger",
            text="A camera that watches is suspended until the check has passed again.",
        ),
        _D.GO_LIVE: form(
            "Go live",
            partial(service.go_live, actor, each.id),
            confirm="Go live today",
            text=f"The clock starts today. The last day is {show_day(ends)}; a suspension does not move it.",
        ),
        _D.ABORT: form(
            "Abort before it is live",
            partial(service.abort, actor, each.id),
            _reason("Why"),
            *((down,) if each.installed_on is not None else ()),
            confirm="Abort deployment",
            kind="danger",
        ),
    }


def _forms_from_live(
    context: Context, each: Deployment, meetings: Sequence[Meeting]
) -> dict[DeploymentAction, FormSpec]:
    service, actor, today = context.services.deployments, context.session.actor, context.today
    due, ends = each.review_due_on, each.ends_on
    late, now = ends is not None and ends < today, partial(getattr, context, "today")
    paper_help = "Reports before and during, what else changed."
    return {
        _D.START_REVIEW: form(
            "Start the review",
            partial(service.start_review, actor, each.id),
            *((_reason("Why earlier"),) if due is not None and due > today else ()),
            text=f"The review is due on {show_day(due)}." if due else "",
        ),
        _D.TAKE_TO_JAG: form(
            "Take to the meeting",
            partial(context.services.meetings.table_deployment, actor, each.id),
            _meeting(context, meetings),
            Field("paper", "What the paper says", "text", paper_help, each.paper),
            confirm="Put on the agenda",
            text="The meeting decides: a further period, or the end.",
        ),
        _D.CHAIR_EXTENDS: form(
            "Chair's action: extend",
            partial(context.services.meetings.chair_extends, actor, each.id),
            _reason("Why it cannot wait"),
            confirm="Record chair's action",
            text=f"Only what cannot wait for the meeting. {_chair_text(context)}",
        ),
        _D.ORDER_REMOVAL: form(
            "Order the removal",
            partial(service.order_removal, actor, each.id),
            replace(_reason("Why it ends"), tell=lambda _answers: _down_at_once(now()))
            if late
            else _reason("Why it ends"),
            *(() if late else (_down_by(ends or today),)),
            text="It is past its end: it comes down now. A later day needs the meeting." if late else "",
        ),
        _D.SUSPEND: form(
            "Suspend for a fault",
            partial(service.suspend, actor, each.id),
            Field(
                "fault",
                "What is wrong",
                help="In a few words, for the contractor too.",
                needed=True,
                in_words=True,
            ),
            text="The clock runs on: the end does not move.",
        ),
        _D.RESUME: form(
            "The camera works again",
            partial(service.resume, actor, each.id),
            text=f"Its last day is still {show_day(ends)}." if ends else "",
        ),
        _D.REMOVE: form(
            "Removal",
            partial(service.remove, actor, each.id),
            Field("on", "Taken down on", "day", value=now, when="past"),
            Field("signs_down", "The signs are down as well", "tick", needed=True),
        ),
        _D.EVALUATE: form(
            "Evaluation",
            partial(service.evaluate, actor, each.id),
            Field("before", "Reports in three months before", "count"),
            Field("during", "Reports while it stood", "count"),
            Field("after", "Reports in the two months after", "count"),
            Field("text", "What the camera changed", "text", needed=True, in_words=True),
            confirm="Record evaluation",
        ),
        _D.CLOSE: form(
            "Close the record",
            partial(service.close, actor, each.id),
            text="Nothing in it is changed afterwards.",
        ),
    }


def decision_form(context: Context, agenda: Agenda, item: AgendaItem) -> FormSpec:
    """What the meeting decides about an item of its agenda, and a reason where the rules want one."""
    service, asked = context.services.meetings, (context.session.actor, agenda.meeting.id)
    if isinstance(item, RankedBid):
        departs = departure(item, Outcome.APPROVED, agenda.bids, agenda.left_off)
        follows = f"departs from it: {departs}" if departs else "follows the ranking"
        reason_help = "Needed to defer or refuse, and to depart from the ranking."
        return form(
            f"{item.rank} · {item.place}, {item.ward}",
            partial(service.record_decision, *asked, item.bid_id),
            Field(
                "outcome",
                "The meeting's decision",
                "choice",
                value=Outcome.APPROVED if item.above_line else Outcome.WAITLISTED,
                choices=[(outcome.capitalize(), outcome) for outcome in BID_OUTCOMES],
            ),
            Field("reason", "Reason", "text", reason_help),
            Field(
                "signed_off_by",
                "Signed off by",
                help="For a refusal: by role, not whoever records it. JAG chair, say.",
            ),
            confirm="Record decision",
            text=f"Score {item.score:.0f}. {item.summary}. Approving {follows}.",
        )
    if isinstance(item, DeploymentItem):
        months = words.count(context.services.policy.months, "month")
        outcomes = ((f"Extended by {months}", Outcome.EXTENDED), ("Ended", Outcome.ENDED))
        left = f"Its last day: {show_day(item.ends_on)}, {words.days_left(item.days_left)}."
        return form(
            f"{item.asset} · {item.place}",
            partial(service.record_extension, *asked, item.deployment_id),
            Field("outcome", "The meeting's decision", "choice", value=Outcome.EXTENDED, choices=outcomes),
            Field("by", "If it ends: down by", "day", value=max(item.ends_on, context.today), when="future"),
            Field("reason", "Reason", "text", "Needed to end it; good to have for an extension."),
            confirm="Record decision",
            text=f"{left} {item.paper}".strip(),
        )
    return _ratification_form(partial(service.ratify, *asked, item.decision.id), item)


def _ratification_form(ratify: Callable[..., Any], item: ChairItem) -> FormSpec:
    done = item.decision
    answers = (("Ratifies it", True), ("Ends it", False))
    return form(
        f"Chair's action: {done.place}",
        ratify,
        Field("ratified", "The meeting", "choice", value=True, choices=answers),
        Field("reason", "Reason", "text", "Needed to end it: what stands on it then ends too."),
        confirm="Record decision",
        text=f"{done.outcome.capitalize()} on {show_day(done.decided_on)}. {done.reason}",
    )


def _confirmed(forms: Mapping[A, FormSpec]) -> dict[A, FormSpec]:
    return {action: replace(spec, confirm=spec.confirm or action.value) for action, spec in forms.items()}


def _chair_text(context: Context) -> str:
    days = words.count(context.services.policy.chair_action_days, "day")
    return f"The next meeting that is held ratifies or ends it; {days} without one end it too."


def _take(context: Context, each: Deployment, units: Sequence[Unit]) -> Callable[[], Path] | None:
    """What takes a picture with the unit's own camera; None where the register has none for it."""
    number = next((unit.camera_number for unit in units if unit.id == each.unit_id), "")
    if context.take_picture is None or not number:
        return None
    return partial(context.take_picture, context.session.actor, number)


def _down_at_once(today: date) -> str:
    return f"It comes down today, {show_day(today)}, whatever is written here."


def _down_by(proposed: date) -> Field:
    """The day a unit comes down, said in full before anything is saved."""

    def tell(answers: Mapping[str, Any]) -> str:
        return f"It comes down by {answers['by']:%A} {show_day(answers['by'])}."

    return Field("by", "Down by", "day", value=proposed, when="future", tell=tell)


def _reason(question: str) -> Field:
    return Field("reason", question, "text", needed=True, in_words=True)


def _meeting(context: Context, meetings: Sequence[Meeting]) -> Field:
    """Which of the meetings that lie ahead."""
    today = context.today
    choices = [
        (words.meeting_line(each, today), each.id) for each in meetings if each.planned and each.day >= today
    ]
    return Field("meeting_id", "Meeting", "choice", choices=choices, needed=True)


def _unit(unit: Unit) -> str:
    where = f" · {unit.where}" if unit.where else ""
    return f"{unit.asset} · {unit.make} {unit.model} · {unit.state}{where}"
