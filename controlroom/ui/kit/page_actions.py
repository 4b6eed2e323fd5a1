"""How the actions of a page that declares only `Page.keys` are carried out from elsewhere: by whatever has the key.

For pages that do not declare their actions yet (`Page.action`).
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton

from controlroom.ui.kit.action import Action
from controlroom.ui.kit.actions import Actions, page_action
from controlroom.ui.kit.page import Page
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.search_field import SearchField

Bearer = QAbstractButton | QShortcut


def enter_page(actions: Actions, page: Page, may_open: Callable[[], str], go: Callable[[], None]) -> None:
    """Enter a page's actions. `may_open` says why the page cannot be opened; `go` brings it to the front."""
    for key in page.keys:
        action = page_action(page, key)
        if not action.one_key:
            actions.enter(action)
            continue
        actions.enter(action, partial(_run, page, action, go), partial(_why_not, page, action, may_open))


def bearers(page: Page, keys: str) -> list[Bearer]:
    """The buttons and shortcuts of a page (its tools in the top bar too) that work by this key."""
    wanted = QKeySequence(keys)
    roots = [page, *page.tools_of_bar()]
    found: list[Bearer] = []
    for root in roots:
        buttons = [root] if isinstance(root, QAbstractButton) else []
        buttons += root.findChildren(QAbstractButton)
        found += [each for each in buttons if _key_of(each) == wanted]
        found += [each for each in root.findChildren(QShortcut) if wanted in shortcuts_of(each)]
    return found


def shortcuts_of(shortcut: QShortcut) -> list[QKeySequence]:
    """The combinations that set a shortcut off."""
    return list(QShortcut.keys(shortcut))


def _key_of(button: QAbstractButton) -> QKeySequence:
    if isinstance(button, KeyButton) and button.key:
        return QKeySequence(button.key)
    return button.shortcut()


def _offered(page: Page, action: Action) -> Bearer | None:
    """What on the page would do it: something that is shown, before something that is not."""
    found = bearers(page, action.keys)
    shown = [each for each in found if isinstance(each, QShortcut) or _is_offered(each, page)]
    ready = [each for each in shown if each.isEnabled()]
    return next(iter([*ready, *shown]), None)


def _is_offered(button: QAbstractButton, page: Page) -> bool:
    if page.isAncestorOf(button):
        return button.isVisibleTo(page)
    # A tool in the top bar, which hides tools only for want of room; before it was ever shown it counts as shown.
    return not (button.isHidden() and button.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide))


def _why_not(page: Page, action: Action, may_open: Callable[[], str]) -> str:
    if closed := may_open():
        return closed
    bearer = _offered(page, action)
    if bearer is None:
        return f"Only when {action.needs}." if action.needs else f"{page.title} does not offer it now."
    if isinstance(bearer, QAbstractButton) and not bearer.isEnabled():
        reason = bearer.why_not if isinstance(bearer, KeyButton) else ""
        return reason or (f"Only when {action.needs}." if action.needs else "Not now.")
    return ""


def _run(page: Page, action: Action, go: Callable[[], None]) -> None:
    go()
    QTimer.singleShot(0, page, lambda: _press(page, action))


def _press(page: Page, action: Action) -> None:
    bearer = _offered(page, action)
    if isinstance(bearer, QShortcut):
        field = bearer.parent()
        if isinstance(field, SearchField) and not field.isVisible():
            return
        bearer.activated.emit()
    elif bearer is not None and bearer.isEnabled():
        bearer.click()
