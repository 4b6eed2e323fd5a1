"""Small pieces the tabs share: action buttons, the checklist, decisions and history."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.audit.records import AuditEntry
from controlroom.clock import show_day, show_moment
from controlroom.deployments.actions import ActionNow
from controlroom.deployments.deployments.records import Step
from controlroom.deployments.meetings.records import Decision
from controlroom.ui import icons, theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.flow import Flow
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.tab import Declare
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import label, note


def clear(layout: QLayout) -> None:
    """Take every widget out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


class ActionBar(QWidget):
    """The actions of a record, declared once; shown are those it offers now.

    The first ready one is filled, what is not ready is greyed, with the reason below. `shown` says whether the record
    is in view and no form is open about it; `permission` names what an action needs.
    """

    def __init__(
        self,
        declare: Declare,
        keys: Mapping[Any, str],
        take: Callable[[Any], object],
        *,
        part: str,
        shown: Callable[[], bool],
        permission: Callable[[Any], Permission],
        danger: frozenset[Any] = frozenset(),
    ) -> None:
        super().__init__()
        self._danger, self._shown = danger, shown
        self._now: dict[StrEnum, ActionNow] = {}
        self._actions: dict[StrEnum, Action] = {
            each: declare(
                key,
                each.value,
                partial(take, each),
                part=part,
                permission=permission(each),
                when=partial(self._fits, each),
                why_not=partial(self._why_not, each),
                needs=f"a {part.lower()} that has come that far is shown",
                either=key,
            )
            for each, key in keys.items()
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._flow = Flow()
        self._why = note("")
        column.addWidget(self._flow)
        column.addWidget(self._why)
        self._buttons = {each: ActionButton(action, parent=self) for each, action in self._actions.items()}
        for each in self._buttons.values():
            self._flow.add(each)
        next(iter(self._actions.values())).changed.connect(self.follow)
        self.follow()

    def set_actions(self, actions: Sequence[ActionNow]) -> None:
        """Show those of `actions` the person may take, in their order."""
        self._now = {each.action: each for each in actions}
        for each in self._now:
            self._flow.add(self._buttons[each])
        for action in self._actions.values():
            action.changed.emit()

    def follow(self) -> None:
        """Look again at what is offered now."""
        offered = [each for each in self._now if self._actions[each].offered()]
        ready = [each for each in offered if self._now[each].ready and each not in self._danger]
        for each, button in self._buttons.items():
            button.set_kind("primary" if each in ready[:1] else "secondary")
        whys = [(each, self._now[each].why_not) for each in offered if not self._now[each].ready]
        self._why.setText("\n".join(f"{each.value}: {why[:1].lower()}{why[1:]}" for each, why in whys))
        self._why.setVisible(bool(whys))
        self.setVisible(bool(offered))

    def button(self, action: StrEnum) -> ActionButton | None:
        """The button of an action, None when it is not offered."""
        return self._buttons[action] if self._actions[action].offered() else None

    def _fits(self, action: StrEnum) -> bool:
        return action in self._now and self._shown()

    def _why_not(self, action: StrEnum) -> str:
        return self._now[action].why_not


class Checklist(QWidget):
    """Steps with a tick or a ring, and what each says."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show these; the first one not done is what comes next."""
        clear(self._grid)
        upcoming = next((step for step in steps if not step.done), None)
        for row, step in enumerate(steps):
            mark = QLabel()
            name = "check-circle" if step.done else "circle"
            role = "live" if step.done else ("accent" if step is upcoming else "text_faint")
            mark.setPixmap(icons.pixmap(name, role, theme.px(16), self.devicePixelRatioF()))
            mark.setAccessibleName("done" if step.done else "missing")
            strong = theme.MEDIUM if step is upcoming else theme.REGULAR
            words_ = label(step.name, 13, strong, "text" if step.done or step is upcoming else "text_dim")
            fact = step.fact if step.done else ("next" if step is upcoming else "missing")
            told = label(fact, theme.SMALL, role="text_dim" if step.done else role)
            told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(mark, row, 0)
            self._grid.addWidget(words_, row, 1)
            self._grid.addWidget(told, row, 2)


class DecisionList(QWidget):
    """Decisions, newest first: what, by whom, why."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)

    def set_decisions(self, decisions: Sequence[Decision]) -> None:
        """Show these."""
        clear(self._column)
        for each in reversed(decisions):
            box = QVBoxLayout()
            box.setSpacing(2)
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(Pill(each.outcome.value, words.OUTCOME_STATES[each.outcome]))
            row.addWidget(label(each.taken_by, theme.SMALL, role="text_dim"), 1)
            box.addLayout(row)
            if each.reason:
                box.addWidget(label(each.reason, 13, wrap=True))
            told = [f"recorded by {each.recorded_by}"]
            if each.rank is not None:
                told.insert(
                    0, f"rank {each.rank}, score {each.score:.0f}" if each.score else f"rank {each.rank}"
                )
            if each.departs:
                told.append("departs from the ranking")
            if each.signed_off_by:
                told.append(f"signed off by {each.signed_off_by}")
            if each.by_chair and each.ratification is None and each.ratify_day is not None:
                told.append(f"to be ratified on {show_day(each.ratify_day)}")
            elif each.ratification is not None:
                told.append(each.ratification.value)
            box.addWidget(note(" · ".join(told)))
            holder = QWidget()
            holder.setLayout(box)
            box.setContentsMargins(0, 0, 0, 0)
            self._column.addWidget(holder)
        self.setVisible(bool(decisions))


class HistoryList(QWidget):
    """What was done to a record, newest first, from its audit entries."""

    def __init__(self, limit: int = 30) -> None:
        super().__init__()
        self._limit = limit
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)

    def set_entries(self, entries: Sequence[AuditEntry]) -> None:
        """Show these."""
        clear(self._grid)
        for row, entry in enumerate(list(reversed(entries))[: self._limit]):
            at = label(show_moment(entry.at), theme.SMALL, role="text_faint")
            done = words.history_word(entry.action)
            text = f"{done} · {entry.actor}" + (f"\n{entry.text}" if entry.text else "")
            self._grid.addWidget(at, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(note(text), row, 1)
