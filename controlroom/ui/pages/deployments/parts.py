"""Provides small widgets the tabs share: the actions of a record's state, the checklist, decisions and history."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission
from controlroom.audit.records import AuditEntry
from controlroom.clock import show_day, show_moment
from controlroom.deployments.bids.records import ActionNow
from controlroom.deployments.deployments.records import DeploymentStep
from controlroom.deployments.meetings.records import Decision
from controlroom.ui import icons, theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.flow import Flow
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.rows import decision_pill
from controlroom.ui.pages.deployments.tab import Declare
from controlroom.ui.widgets.layout import TOP, box, column, empty, grid, grow, row
from controlroom.ui.widgets.text import label, note

HISTORY_LIMIT = 30  # entries shown


class StateActions(QWidget):
    """The actions of a record's state, declared once; shown are those it offers now, in their order.

    The first ready one is filled; what is not ready is off, with the reason below. `shown` says whether the record
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
        danger: frozenset[Any],
    ) -> None:
        super().__init__()
        self._danger, self._shown = danger, shown
        self._now: dict[StrEnum, ActionNow] = {}
        self._actions = {
            each: declare(
                key,
                each.value,
                partial(take, each),
                part=part,
                permission=permission(each),
                when=lambda each=each: each in self._now and self._shown(),
                why_not=lambda each=each: self._now[each].why_not,
                needs=f"a {part.lower()} is shown whose state allows it",
            )
            for each, key in keys.items()
        }
        self._buttons = {each: ActionButton(action, parent=self) for each, action in self._actions.items()}
        self._flow, self._why = Flow(), note("")
        for each in self._buttons.values():
            self._flow.add(each)
        column(self._flow, self._why, on=self, spacing=8)
        next(iter(self._actions.values())).changed.connect(self._follow)
        self._follow()

    def set_actions(self, actions: Sequence[ActionNow]) -> None:
        """Show those of `actions` the person may take, in their order."""
        self._now = {each.action: each for each in actions}
        for each in self._now:
            self._flow.add(self._buttons[each])
        for action in self._actions.values():
            action.changed.emit()

    def button(self, action: StrEnum) -> ActionButton | None:
        """The button of an action, None when it is not offered."""
        return self._buttons[action] if self._actions[action].offered() else None

    def _follow(self) -> None:
        """Look again at what is offered now."""
        offered = [each for each in self._now if self._actions[each].offered()]
        ready = [each for each in offered if self._now[each].ready and each not in self._danger]
        for each, button in self._buttons.items():
            button.set_kind("primary" if each in ready[:1] else "secondary")
        whys = [(each, self._now[each].why_not) for each in offered if not self._now[each].ready]
        self._why.setText("\n".join(f"{each.value}: {_go_on(why)}" for each, why in whys))
        self._why.setVisible(bool(whys))
        self.setVisible(bool(offered))


class Checklist(QWidget):
    """Steps with a tick or a ring, and what each says."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = grid(on=self, across=10, down=7)
        self._grid.setColumnStretch(2, 1)

    def set_steps(self, steps: Sequence[DeploymentStep]) -> None:
        """Show these; the first one not done is what comes next."""
        empty(self._grid)
        upcoming = next((step for step in steps if not step.done), None)
        for place, step in enumerate(steps):
            is_next = step is upcoming
            role = "live" if step.done else ("accent" if is_next else "text_faint")
            mark = label("")
            name = "check-circle" if step.done else "circle"
            mark.setPixmap(icons.pixmap(name, role, theme.px(16), self.devicePixelRatioF()))
            mark.setAccessibleName("done" if step.done else "missing")
            weight = theme.MEDIUM if is_next else theme.REGULAR
            fact = step.fact if step.done else ("next" if is_next else "missing")
            told = label(fact, theme.SMALL, role="text_dim" if step.done else role, wrap=True)
            told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(mark, place, 0)
            words_role = "text" if step.done or is_next else "text_dim"
            self._grid.addWidget(label(step.name, 13, weight, words_role), place, 1)
            self._grid.addWidget(told, place, 2)


class DecisionList(QWidget):
    """Decisions, newest first: what, by whom, why."""

    def __init__(self) -> None:
        super().__init__()
        self._column = column(on=self, spacing=10)

    def set_decisions(self, decisions: Sequence[Decision]) -> None:
        """Show these."""
        empty(self._column)
        for each in reversed(decisions):
            taken_by = label(each.taken_by, theme.SMALL, role="text_dim")
            lines = column(
                row(decision_pill(each), grow(taken_by), spacing=8),
                label(each.reason, 13, wrap=True) if each.reason else None,
                note(" · ".join(_told(each))),
                spacing=2,
            )
            self._column.addWidget(box(lines))
        self.setVisible(bool(decisions))


class HistoryList(QWidget):
    """What was done to a record, newest first, from its audit entries."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = grid(on=self, across=12, down=5)

    def set_entries(self, entries: Sequence[AuditEntry]) -> None:
        """Show the newest of these."""
        empty(self._grid)
        for place, entry in enumerate(entries[: -HISTORY_LIMIT - 1 : -1]):
            at = label(show_moment(entry.at), theme.SMALL, role="text_faint")
            text = f"{words.history_word(entry.action)} · {entry.actor}"
            self._grid.addWidget(at, place, 0, TOP)
            self._grid.addWidget(note(f"{text}\n{entry.text}" if entry.text else text), place, 1)


def _go_on(why: str) -> str:
    """A sentence as it stands after a colon; a reference or abbreviation at its beginning stays."""
    return why if why[1:2].isupper() else why[:1].lower() + why[1:]


def _told(each: Decision) -> list[str]:
    told = [f"recorded by {each.recorded_by}"]
    if each.rank is not None:
        score = f", score {each.score:.0f}" if each.score else ""
        told.insert(0, f"rank {each.rank}{score}")
    if each.departs:
        told.append("departs from the ranking")
    if each.signed_off_by:
        told.append(f"signed off by {each.signed_off_by}")
    if each.ratification is not None:
        told.append(each.ratification.value)
    elif each.stands_until is not None:
        told.append(f"stands until the next meeting held, at most until {show_day(each.stands_until)}")
    return told
