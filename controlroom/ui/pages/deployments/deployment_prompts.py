"""What each action on a deployment asks, and the use case it ends in."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from controlroom.accounts.records import Actor
from controlroom.clock import show_day
from controlroom.deployments.dates import last_day
from controlroom.deployments.deployments.records import Deployment, DeploymentAction
from controlroom.deployments.meetings.records import Meeting
from controlroom.deployments.service import DeploymentServices
from controlroom.deployments.units.records import Unit, UnitState
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec, Values
from controlroom.ui.widgets.key_button import ButtonKind

_A = DeploymentAction
KEYS: dict[DeploymentAction, str] = {
    _A.SURVEY: "S",
    _A.DPIA: "D",
    _A.SCHEDULE: "C",
    _A.INSTALL: "I",
    _A.SIGNS: "G",
    _A.TEST_IMAGE: "P",
    _A.GO_LIVE: "L",
    _A.START_REVIEW: "V",
    _A.TAKE_TO_JAG: "J",
    _A.CHAIR_EXTENDS: "H",
    _A.ORDER_REMOVAL: "R",
    _A.SUSPEND: "U",
    _A.RESUME: "U",
    _A.REMOVE: "R",
    _A.EVALUATE: "E",
    _A.CLOSE: "O",
    _A.ABORT: "B",
}
DANGER = frozenset({_A.ABORT})


class DeploymentPrompts:
    """Makes the prompt of an action on one deployment; `units` and `meetings` are those known to the page."""

    def __init__(
        self,
        services: DeploymentServices,
        actor: Actor,
        deployment: Deployment,
        *,
        today: date,
        units: Sequence[Unit],
        meetings: Sequence[Meeting],
    ) -> None:
        self._services, self._actor, self._each = services, actor, deployment
        self._today, self._units, self._meetings = today, units, meetings

    def prompt(self, action: DeploymentAction) -> FormSpec:
        """What `action` asks."""
        makers: dict[DeploymentAction, Callable[[], FormSpec]] = {
            _A.SURVEY: self._survey,
            _A.DPIA: self._dpia,
            _A.SCHEDULE: self._schedule,
            _A.INSTALL: self._install,
            _A.SIGNS: self._signs,
            _A.TEST_IMAGE: self._test_image,
            _A.GO_LIVE: self._go_live,
            _A.START_REVIEW: self._start_review,
            _A.TAKE_TO_JAG: self._take_to_jag,
            _A.CHAIR_EXTENDS: self._chair_extends,
            _A.ORDER_REMOVAL: self._order_removal,
            _A.SUSPEND: self._suspend,
            _A.RESUME: self._resume,
            _A.REMOVE: self._remove,
            _A.EVALUATE: self._evaluate,
            _A.CLOSE: self._close,
            _A.ABORT: self._abort,
        }
        return makers[action]()

    def _made(
        self,
        title: str,
        confirm: str,
        call: Callable[[Values], Any],
        *fields: Field,
        text: str = "",
        done: str = "",
        kind: ButtonKind = "primary",
    ) -> FormSpec:
        return FormSpec(title, confirm, call, fields, text, kind, done)

    # -- to live ---------------------------------------------------------------------------------------------

    def _survey(self) -> FormSpec:
        return self._made(
            "Site survey",
            "Record survey",
            lambda v: self._services.deployments.record_survey(
                self._actor, self._each.id, column=v["column"], note=v["note"], on=v["on"]
            ),
            Field("column", "Lamp column", help="The number on the column, e.g. LC 014.", needed=True),
            Field(
                "note",
                "What was found",
                "text",
                "Power, signal, view, homes that could be overlooked.",
                needed=True,
            ),
            Field("on", "Surveyed on", "day", value=self._today),
            done="Survey recorded",
        )

    def _dpia(self) -> FormSpec:
        return self._made(
            "Data-protection impact assessment",
            "Record DPIA",
            lambda v: self._services.deployments.record_dpia(
                self._actor,
                self._each.id,
                passed=v["passed"],
                reference=v["reference"],
                note=v["note"],
                on=v["on"],
            ),
            Field("reference", "Filed as", help="Its reference in the register of assessments.", needed=True),
            Field("passed", "Outcome", "choice", value=True, choices=(("Passed", True), ("Failed", False))),
            Field(
                "note", "Conditions or concerns", "text", "Masks, hours, homes; empty when there are none."
            ),
            Field("on", "Assessed on", "day", value=self._today),
            text="No camera is installed without a passed assessment.",
            done="DPIA recorded",
        )

    def _schedule(self) -> FormSpec:
        choices = [(_unit_words(unit), unit.id) for unit in self._units if unit.state is not UnitState.FAULTY]
        first = next((unit.id for unit in self._units if unit.state is UnitState.IN_STORE), None)
        ends = show_day(last_day(self._today + timedelta(days=7), self._services.policy.months))
        return self._made(
            "Promise a unit for a day",
            "Schedule",
            lambda v: self._services.deployments.schedule(self._actor, self._each.id, v["unit"], v["on"]),
            Field("unit", "Unit", "choice", value=self._each.unit_id or first, choices=choices, needed=True),
            Field(
                "on",
                "Install on",
                "day",
                f"Three calendar months run from going live: live in a week, it ends on {ends}.",
                value=self._each.install_on or self._today,
            ),
            text="A unit is in one place at a time: days it is promised elsewhere are refused.",
            done="Scheduled",
        )

    def _install(self) -> FormSpec:
        return self._made(
            "Installation",
            "Record installation",
            lambda v: self._services.deployments.install(self._actor, self._each.id, on=v["on"]),
            Field("on", "Installed on", "day", value=self._today),
            text=f"{self._each.asset} hangs on column {self._each.column}.",
            done="Installed",
        )

    def _signs(self) -> FormSpec:
        return self._made(
            "Signs",
            "Signs are up",
            lambda v: self._services.deployments.record_signs(self._actor, self._each.id, on=v["on"]),
            Field("on", "Put up on", "day", value=self._today),
            text="Signs at every way into the view, with who runs the camera and how to reach them.",
            done="Signs recorded",
        )

    def _test_image(self) -> FormSpec:
        return self._made(
            "Test image",
            "Record test image",
            lambda v: self._services.deployments.record_test_image(self._actor, self._each.id, v["image"]),
            Field(
                "image",
                "Where the picture is kept",
                help="A snapshot from the camera's tile that shows the view and the masks.",
                value=f"{self._each.reference}-test-image.jpg",
                needed=True,
            ),
            done="Test image recorded",
        )

    def _go_live(self) -> FormSpec:
        ends = last_day(self._today, self._services.policy.months)
        return self._made(
            "Go live",
            "Go live today",
            lambda _v: self._services.deployments.go_live(self._actor, self._each.id),
            text=f"The clock starts today. The last day is {show_day(ends)}; a suspension does not move it.",
            done=f"{self._each.asset} is live at {self._each.place} until {show_day(ends)}",
        )

    def _abort(self) -> FormSpec:
        fields = [Field("reason", "Why", "text", needed=True)]
        if self._each.installed_on is not None:
            fields.append(Field("down", "The unit and its signs have been taken down", "tick", needed=True))
        return self._made(
            "Abort before it is live",
            "Abort deployment",
            lambda v: self._services.deployments.abort(
                self._actor, self._each.id, v["reason"], unit_down=v.get("down", False)
            ),
            *fields,
            done="Aborted",
            kind="danger",
        )

    # -- from live to closed ---------------------------------------------------------------------------------

    def _start_review(self) -> FormSpec:
        due = self._each.review_due_on
        early = due is not None and due > self._today
        return self._made(
            "Start the review",
            "Start review",
            lambda v: self._services.deployments.start_review(
                self._actor, self._each.id, v.get("reason", "")
            ),
            *((Field("reason", "Why earlier", "text", needed=True),) if early else ()),
            text=f"The review is due on {show_day(due)}." if due else "",
            done="Review started",
        )

    def _take_to_jag(self) -> FormSpec:
        choices = [(f"{show_day(each.day)}, {each.time}", each.id) for each in self._meetings]
        return self._made(
            "Take to the meeting",
            "Put on the agenda",
            lambda v: self._services.meetings.table_deployment(
                self._actor, self._each.id, v["meeting"], v["paper"]
            ),
            Field("meeting", "Meeting", "choice", choices=choices, needed=True),
            Field(
                "paper",
                "What the paper says",
                "text",
                "Reports before and during, what else changed.",
                self._each.paper,
            ),
            text="The meeting decides: a further period, or the end.",
            done="On the agenda",
        )

    def _chair_extends(self) -> FormSpec:
        return self._made(
            "Chair's action: extend",
            "Record chair's action",
            lambda v: self._services.meetings.chair_extends(self._actor, self._each.id, v["reason"]),
            Field("reason", "Why it cannot wait", "text", needed=True),
            text="Only what cannot wait for the meeting. The next meeting ratifies or ends it.",
            done="Extended by the chair's action",
        )

    def _order_removal(self) -> FormSpec:
        ends = self._each.ends_on or self._today
        return self._made(
            "Order the removal",
            "Order removal",
            lambda v: self._services.deployments.order_removal(
                self._actor, self._each.id, v["reason"], by=v["by"]
            ),
            Field("reason", "Why it ends", "text", needed=True),
            Field("by", "Down by", "day", value=max(ends, self._today)),
            done="Removal ordered",
        )

    def _suspend(self) -> FormSpec:
        return self._made(
            "Suspend for a fault",
            "Suspend",
            lambda v: self._services.deployments.suspend(self._actor, self._each.id, v["fault"]),
            Field("fault", "What is wrong", help="In a few words, for the contractor too.", needed=True),
            text="The clock runs on: the end does not move.",
            done="Suspended",
        )

    def _resume(self) -> FormSpec:
        return self._made(
            "The camera works again",
            "Resume",
            lambda _v: self._services.deployments.resume(self._actor, self._each.id),
            text=f"Its last day is still {show_day(self._each.ends_on)}." if self._each.ends_on else "",
            done="Working again",
        )

    def _remove(self) -> FormSpec:
        return self._made(
            "Removal",
            "Record removal",
            lambda v: self._services.deployments.remove(
                self._actor, self._each.id, signs_down=v["signs"], on=v["on"]
            ),
            Field("on", "Taken down on", "day", value=self._today),
            Field("signs", "The signs are down as well", "tick", needed=True),
            done="Removed",
        )

    def _evaluate(self) -> FormSpec:
        return self._made(
            "Evaluation",
            "Record evaluation",
            lambda v: self._services.deployments.evaluate(
                self._actor,
                self._each.id,
                v["text"],
                before=v["before"],
                during=v["during"],
                after=v["after"],
            ),
            Field("before", "Reports in three months before", "count"),
            Field("during", "Reports while it stood", "count"),
            Field("after", "Reports in the two months after", "count"),
            Field("text", "What the camera changed", "text", needed=True),
            done="Evaluated",
        )

    def _close(self) -> FormSpec:
        return self._made(
            "Close the record",
            "Close",
            lambda _v: self._services.deployments.close(self._actor, self._each.id),
            text="Nothing in it is changed afterwards.",
            done="Closed",
        )


def _unit_words(unit: Unit) -> str:
    where = f" · {unit.where}" if unit.where else ""
    return f"{unit.asset} · {unit.make} {unit.model} · {unit.state}{where}"
