"""The record of one deployment at the page's side: how it stands, what is missing, what can be done now."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from controlroom.accounts.permissions import Permission
from controlroom.audit.records import AuditEntry
from controlroom.clock import show_day
from controlroom.deployments.deployments.records import Deployment, DeploymentAction, Standing
from controlroom.deployments.meetings.records import Decision, Meeting, MeetingState
from controlroom.deployments.units.records import Unit
from controlroom.ui import theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.form import FormCard
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.context import Context
from controlroom.ui.pages.deployments.deployment_prompts import DANGER, KEYS, DeploymentPrompts
from controlroom.ui.pages.deployments.parts import ActionBar, Checklist, DecisionList, HistoryList
from controlroom.ui.pages.deployments.tab import Declare
from controlroom.ui.widgets.card import Card, SidePanel
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import Facts, caption, label, note

# What each action needs; the others need the permission to manage deployments.
PERMISSIONS = {
    DeploymentAction.TAKE_TO_JAG: Permission.WRITE_BIDS,
    DeploymentAction.CHAIR_EXTENDS: Permission.RECORD_DECISIONS,
}


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
    record_shown = Signal(int)  # once it has been read

    def __init__(self, context: Context, declare: Declare) -> None:
        super().__init__("", 402)
        self._context = context
        self._file: DeploymentFile | None = None
        self._wanted: int | None = None
        self.slot = FormPlace(context.background)
        head = QHBoxLayout()
        head.setSpacing(10)
        self._pill = Pill()
        self._left = label("", 13, theme.STRONG)
        bid = declare(
            "F",
            "Show its bid",
            self._ask_for_bid,
            short="Bid",
            part="Deployment",
            when=lambda: self._in_view and self._file is not None,
            needs="a deployment made from a bid is shown",
        )
        self._bid = ActionButton(bid, parent=self)
        head.addWidget(self._pill)
        head.addWidget(self._left, 1)
        head.addWidget(self._bid)
        self.body.addLayout(head)
        self._sub = note("")
        self.add(self._sub)
        self.action_bar = ActionBar(
            declare,
            KEYS,
            self.take,
            part="Deployment",
            shown=lambda: self._in_view and self.slot.form is None,
            permission=lambda each: PERMISSIONS.get(each, Permission.MANAGE_DEPLOYMENTS),
            danger=DANGER,
        )
        self.add(self.action_bar)
        self.slot.home = self
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.slot.done.connect(self._done)
        self.add(self.slot)
        steps = Card("To a live camera")
        self.steps = Checklist()
        steps.add(self.steps)
        self._steps_card = steps
        self.add(steps)
        self._facts = Facts()
        self.add(self._facts)
        self._decided = caption("Decisions")
        self.add(self._decided)
        self._decisions = DecisionList()
        self.add(self._decisions)
        self.add(caption("History"))
        self._history = HistoryList()
        self.add(self._history)
        self.body.addStretch(1)

    @property
    def deployment(self) -> Deployment | None:
        """What is shown."""
        return self._file.deployment if self._file is not None else None

    def show_deployment(self, deployment_id: int) -> None:
        """Read a deployment and show it."""
        if self._wanted != deployment_id:
            self.slot.clear()
        self._wanted = deployment_id
        self.refresh()

    def refresh(self) -> None:
        """Read what is shown afresh."""
        wanted = self._wanted
        if wanted is None or not self._context.may_read:
            return
        services, actor = self._context.services, self._context.actor

        def read() -> DeploymentFile:
            shown = services.deployments.deployment(actor, wanted)
            return DeploymentFile(
                shown,
                services.meetings.decisions(actor, shown.bid_id),
                services.deployments.history(actor, wanted),
                services.units.units(actor),
                services.meetings.meetings(actor),
            )

        self._context.load(read, self._take_file, self)

    def take(self, action: StrEnum) -> FormCard | None:
        """Open what an action asks."""
        if self._file is None or self._wanted != self._file.deployment.id:
            return None
        file = self._file
        planned = [
            each
            for each in file.meetings
            if each.state is MeetingState.PLANNED and each.day >= self._context.today
        ]
        prompts = DeploymentPrompts(
            self._context.services,
            self._context.actor,
            file.deployment,
            today=self._context.today,
            units=file.units,
            meetings=planned,
        )
        return self.slot.open(prompts.prompt(DeploymentAction(action)))

    def _take_file(self, file: DeploymentFile) -> None:
        if file.deployment.id != self._wanted:
            return
        self._file = file
        each = file.deployment
        self.set_title(each.title)
        late = each.standing is Standing.PAST_END
        word = words.days_left(each.days_left) if late else words.state_word(each.state, each.standing)
        self._pill.set(word, words.STANDING_STATES[each.standing])
        self._left.setText("decide" if late else words.days_left(each.days_left))
        theme.tint(self._left, "alarm" if late else "text")
        self._sub.setText(" · ".join(part for part in (each.reference, each.ward, each.partner) if part))
        self.action_bar.set_actions(each.actions)
        self._bid.action_shown.changed.emit()
        self.steps.set_steps(each.steps)
        self._steps_card.setVisible(each.live_on is None and each.standing is not Standing.ABORTED)
        self._facts.set_facts(_facts(each))
        self._decided.setVisible(bool(file.decisions))
        self._decisions.set_decisions(file.decisions)
        self._history.set_entries(file.history)
        self.record_shown.emit(each.id)

    @property
    def _in_view(self) -> bool:
        return not self.isHidden()

    def _ask_for_bid(self) -> None:
        if self._file is not None:
            self.bid_requested.emit(self._file.deployment.bid_id)

    def _done(self, result: object) -> None:
        if isinstance(result, Deployment):
            self._context.said(f"{result.reference} · {result.place}: {result.state.value}")
        self.refresh()


def _facts(each: Deployment) -> Sequence[tuple[str, str]]:
    facts = [("Bid", each.bid_reference), ("Column", each.column)]
    for period in each.periods:
        name = "Period" if len(each.periods) == 1 else f"Period {period.number}"
        facts.append((name, f"{show_day(period.starts_on)} to {show_day(period.ends_on)}"))
    if each.review_due_on is not None:
        facts.append(("Review due", show_day(each.review_due_on)))
    if each.tabled_for is not None:
        facts.append(("On the agenda", show_day(each.tabled_for)))
    if each.paper:
        facts.append(("Paper", each.paper))
    if each.reason:
        facts.append(("Last reason", each.reason))
    if each.survey_on is not None:
        facts.append(("Survey", f"{show_day(each.survey_on)}: {each.survey_note}"))
    if each.dpia_on is not None:
        facts.append(("DPIA", f"{each.dpia_reference}, {each.dpia}, {show_day(each.dpia_on)}"))
    if each.installed_on is not None and each.signs_up_on is not None:
        facts.append(("Installed", f"{show_day(each.installed_on)}, signs up {show_day(each.signs_up_on)}"))
    if each.test_image:
        facts.append(("Test image", each.test_image))
    if each.removed_on is not None:
        facts.append(("Removed", show_day(each.removed_on)))
    if each.evaluation:
        facts.append(("Evaluation", each.evaluation))
    return facts
