"""Shows one deployment at the page's side: its state, what is missing, what can be done now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.records import AuditEntry
from controlroom.clock import show_day
from controlroom.deployments.deployments import ends
from controlroom.deployments.deployments.records import (
    Check,
    CheckKind,
    Deployment,
    DeploymentAction,
    Standing,
)
from controlroom.deployments.meetings.records import Decision, Meeting
from controlroom.deployments.units.records import Unit
from controlroom.ui import theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.form import FormCard
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.kit.picture import Picture
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.forms import deployment_forms
from controlroom.ui.pages.deployments.parts import Checklist, DecisionList, HistoryList, StateActions
from controlroom.ui.pages.deployments.picture_field import IN_PANEL
from controlroom.ui.pages.deployments.tab import Context, Declare
from controlroom.ui.widgets.card import Card, SidePanel
from controlroom.ui.widgets.layout import box, column, empty, fill, grow, row
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.text import Facts, caption, label, note, show_text

_A = DeploymentAction
KEYS: dict[DeploymentAction, str] = {
    _A.SURVEY: "S",
    _A.DPIA: "D",
    _A.SCHEDULE: "C",
    _A.INSTALL: "I",
    _A.SIGNS: "G",
    _A.TEST_IMAGE: "P",
    _A.CHECK_FAILED: "X",
    _A.GO_LIVE: "L",
    _A.START_REVIEW: "V",
    _A.TAKE_TO_JAG: "J",
    _A.CHAIR_EXTENDS: "H",
    _A.ORDER_REMOVAL: "R",
    _A.SUSPEND: "U",
    _A.RESUME: "A",
    _A.REMOVE: "T",
    _A.EVALUATE: "E",
    _A.CLOSE: "K",
    _A.ABORT: "B",
}
# What each action needs; the others need the permission to manage deployments.
PERMISSIONS = {_A.TAKE_TO_JAG: Permission.WRITE_BIDS, _A.CHAIR_EXTENDS: Permission.RECORD_DECISIONS}


@dataclass(frozen=True)
class DeploymentFile:
    """Everything the panel shows, read in one go."""

    deployment: Deployment
    decisions: list[Decision]
    history: list[AuditEntry]
    units: list[Unit]
    meetings: list[Meeting]


class DeploymentPanel(SidePanel):
    """Shows one deployment; `closed` when the person goes back, `bid_requested` for its bid."""

    bid_requested = Signal(int)

    def __init__(self, context: Context, declare: Declare) -> None:
        super().__init__("", 402)
        self._context = context
        self._file: DeploymentFile | None = None
        self._wanted: int | None = None
        self._then: DeploymentAction | None = None  # to open once the record has been read
        self.slot = FormPlace(context.background, context.session, context.holds_password)
        self.slot.home = self
        self.slot.done.connect(self._done)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        bid = declare(
            "F",
            "Show its bid",
            lambda: self._file and self.bid_requested.emit(self._file.deployment.bid_id),
            short="Bid",
            part="Deployment",
            when=lambda: not self.isHidden() and self._file is not None,
            needs="a deployment made from a bid is shown",
        )
        self._bid = ActionButton(bid, parent=self)
        self.state_actions = StateActions(
            declare,
            KEYS,
            self.take,
            part="Deployment",
            shown=lambda: not self.isHidden() and self._file is not None and self.slot.form is None,
            permission=lambda each: PERMISSIONS.get(each, Permission.MANAGE_DEPLOYMENTS),
            danger=frozenset({_A.ABORT}),
        )
        self._pill, self._left, self._sub = Pill(), label("", 13, theme.STRONG), note("")
        self._told = label("", 13, theme.STRONG, "alarm", wrap=True)
        self._steps_card, self.steps, self._facts = Card("To a live camera"), Checklist(), Facts()
        self._steps_card.add(self.steps)
        self._picture = column(spacing=6)
        self._pictured: tuple[int, Check | None] | None = None
        self._decided, self._decisions = caption("Decisions"), DecisionList()
        self._history = HistoryList()
        head = row(self._pill, grow(self._left), self._bid, spacing=10)
        self._record = column(spacing=12)
        self._whole = box(self._record)  # hidden while another is being read
        self._whole.hide()
        self.add(self._whole)
        fill(
            self._record,
            head,
            self._told,
            self._sub,
            self.state_actions,
            self.slot,
            self._steps_card,
            self._facts,
        )
        self._record.addLayout(self._picture)
        fill(self._record, self._decided, self._decisions, caption("History"), self._history)
        self.body.addStretch(1)

    @property
    def deployment(self) -> Deployment | None:
        """What is shown."""
        return self._file.deployment if self._file is not None else None

    def show_deployment(self, deployment_id: int, then: DeploymentAction | None = None) -> None:
        """Read a deployment and show it, then open what an action asks."""
        if self._wanted != deployment_id:
            self.forget()
        self._wanted, self._then = deployment_id, then
        self.refresh()

    def forget(self) -> None:
        """Show nothing, and close what was being asked, until another is read."""
        self.slot.clear()
        self._file, self._wanted, self._then = None, None, None
        self.set_title("")
        self._whole.hide()

    def refresh(self) -> None:
        """Read what is shown afresh."""
        wanted = self._wanted
        if wanted is None or not self._context.may_read:
            return
        services = self._context.services

        def read(actor: Actor) -> DeploymentFile:
            shown = services.deployments.deployment(actor, wanted)
            return DeploymentFile(
                shown,
                services.meetings.decisions(actor, shown.bid_id),
                services.deployments.history(actor, wanted),
                services.units.units(actor),
                services.meetings.meetings(actor),
            )

        self._context.read(read, self._take_file, self)

    def take(self, action: DeploymentAction) -> FormCard | None:
        """Open what an action asks."""
        file = self._file
        if file is None or self._wanted != file.deployment.id:
            return None
        forms = deployment_forms(self._context, file.deployment, file.units, file.meetings)
        return self.slot.open(forms[action], file.deployment.id)

    def _take_file(self, file: DeploymentFile) -> None:
        if file.deployment.id != self._wanted:
            return
        self._file = file
        each = file.deployment
        self.set_title(each.title)
        self._whole.show()
        late = each.standing is Standing.PAST_END
        word = words.days_left(each.days_left) if late else words.state_word(each.state, each.standing)
        told = not late and ends.to_be_told(each, self._context.today)
        self._pill.set(word, "alarm" if told else words.STANDING_STATES[each.standing])
        self._left.setText("decide" if late else "" if told else words.days_left(each.days_left))
        theme.tint(self._left, "alarm" if late else "text")
        show_text(self._told, _sentence(words.past_line(each, self._context.today)) if told else "")
        self._sub.setText(" · ".join(part for part in (each.reference, each.ward, each.partner) if part))
        self.state_actions.set_actions(each.actions)
        self._bid.action_shown.changed.emit()
        self.steps.set_steps(each.steps)
        over = each.standing in {Standing.ENDING, Standing.PAST, Standing.ABORTED}
        self._steps_card.setVisible(each.live_on is None and not over)
        self._facts.set_facts(_facts(each))
        self._show_picture(each.id, each.newest(CheckKind.PICTURE))
        self._decided.setVisible(bool(file.decisions))
        self._decisions.set_decisions(file.decisions)
        self._history.set_entries(file.history)
        if self._then is not None:
            action, self._then = self._then, None
            self.take(action)

    def _show_picture(self, deployment_id: int, check: Check | None) -> None:
        """The test picture; read again only where it is another one."""
        if self._pictured == (deployment_id, check):
            return
        self._pictured = (deployment_id, check)
        empty(self._picture)
        if check is not None and check.picture is not None:
            service, actor = self._context.services.deployments, self._context.session.actor
            find = partial(service.picture, actor, deployment_id)
            shown = Picture(find, self._context.background, width=IN_PANEL)
            shown.setAccessibleName(f"Test picture of {show_day(check.done_on)}")
            self._picture.addWidget(shown)

    def _done(self, result: object) -> None:
        if isinstance(result, Deployment):
            self._context.messages.show(f"{result.reference} · {result.place}: {result.state.value}", "done")
        self.refresh()


def _facts(each: Deployment) -> Sequence[tuple[str, str]]:
    facts = [("Bid", each.bid_reference), ("Column", each.column)]
    for period in each.periods:
        name = "Period" if len(each.periods) == 1 else f"Period {period.number}"
        facts.append((name, f"{show_day(period.starts_on)} to {show_day(period.ends_on)}"))
    known = [
        ("Review due", _on(each.review_due_on)),
        ("Chair's action", _chair(each)),
        ("Down by", _on(each.remove_by) if each.removed_on is None else ""),
        ("On the agenda", _on(each.tabled_for)),
        ("Paper", each.paper),
        ("Last reason", each.reason),
        *((kind.words, _checked(each.newest(kind))) for kind in CheckKind),
        ("Installed", _on(each.installed_on)),
        ("Removed", _on(each.removed_on)),
        ("Evaluation", each.evaluation),
    ]
    return [*facts, *((name, value) for name, value in known if value)]


def _checked(check: Check | None) -> str:
    """A check with its result, its day, and what was said of it."""
    if check is None:
        return ""
    result = f"{'passed' if check.passed else 'FAILED'} {show_day(check.done_on)}"
    return ", ".join(part for part in (result, check.reference, check.note) if part)


def _chair(each: Deployment) -> str:
    """How long the chair's action it stands on stands, or when it ended."""
    if each.chair_ended_on is not None:
        return f"ended on {show_day(each.chair_ended_on)}"
    until = each.approval.stands_until if each.approval is not None else None
    return f"stands until the next meeting held, at most until {show_day(until)}" if until else ""


def _sentence(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}."


def _on(day: date | None) -> str:
    return show_day(day) if day else ""
