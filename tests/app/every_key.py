"""A desk whose actions only tell that they ran, and the places its keyboard can be in, for `test_every_key.py`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from controlroom.app.desk import Desk
from controlroom.ui.kit.action import EVERYWHERE, PAGES, Action
from controlroom.ui.kit.actions import WHILE_CLOSING
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.kit.page import Page
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.pages.deployments.bids_tab import BidsTab
from controlroom.ui.widgets.card import SidePanel
from controlroom.ui.widgets.overlay import Overlay
from controlroom.ui.widgets.search_field import SearchField

WRITTEN = "as typed"
PANEL = "panel: "
FORM = "every_key.form"


def write(widget: QWidget) -> None:
    """Put a known text into a field."""
    if isinstance(widget, QLineEdit):
        widget.setText(WRITTEN)
    elif isinstance(widget, QPlainTextEdit):
        widget.setPlainText(WRITTEN)


def text_of(widget: QWidget | None) -> str:
    """What stands in a field, or what a choice shows."""
    if isinstance(widget, QLineEdit):
        return widget.text()
    if isinstance(widget, QComboBox):
        return widget.currentText()
    return widget.toPlainText() if isinstance(widget, QPlainTextEdit) else ""


@dataclass
class Pressed:
    """What one key did."""

    ran: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    typed: bool = False
    stepped: bool = False  # another row of a list is selected
    moved: bool = False  # the keyboard is elsewhere, or a panel or form closed

    @property
    def things(self) -> int:
        """How many things happened; that the keyboard moved counts where nothing else did."""
        return len(self.ran) + len(self.refused) + self.typed + self.stepped or int(self.moved)


class Walk:
    """Presses keys in one desk. `places` are the places the keyboard can be in on the part in front."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.window = desk, desk.window
        self._qtbot: QtBot | None = None
        self._said = Pressed()
        self._replace_what_is_done()
        self.part: Page = self.window.pages[0]
        self._panels = {f"{PANEL}{each.accessibleName()}": each for each in self.window.findChildren(Overlay)}
        self._views: list[QAbstractItemView] = []

    def _replace_what_is_done(self) -> None:
        for held in self.window.actions_made._held.values():
            action = held.action
            if action._run is not None:
                action._run = lambda name=action.id: self._said.ran.append(name)
        for made in self.window.actions():
            made.triggered.disconnect()
            made.triggered.connect(lambda _checked, made=made: self._said.ran.append(made.text()))
        self.desk.closing.panel.answered.disconnect()
        self.desk.closing.panel.answered.connect(lambda *_: self._said.ran.append("asked"))
        for page in self.window.pages:
            page.refused.connect(self._take_refusal)

    def _take_refusal(self, why: str) -> None:
        self._said.refused.append(why)

    # -- where ---------------------------------------------------------------------------------------------

    def parts(self, page: Page, qtbot: QtBot) -> Iterator[Page]:
        """The page, or every part of it, brought to the front one after another."""
        self._qtbot = qtbot
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.stand("page")
        for part in page.parts or (page,):
            self.window.show_page(page)
            if part is not page:
                page.show_part(part)
            self._quiet()
            self.part = part
            self._views = self.part.findChildren(QAbstractItemView)
            self._select_first()
            yield part

    def _select_first(self) -> None:
        if isinstance(self.part, RecordPage):
            self.part.records.setFocus(Qt.FocusReason.TabFocusReason)
            self._quiet()

    def actions(self, *, everywhere: bool) -> list[Action]:
        """The actions of the part in front and of its page, one for each key; those of the desk too."""
        page = self.window.current
        assert page is not None
        others = {each for part in page.parts if part is not self.part for each in part.declared_actions()}
        found = [each for each in page.declared_actions() if each not in others]
        if everywhere:
            found += [each for each in self.window.actions_made.all() if each.where in (EVERYWHERE, PAGES)]
        return list({each.keys: each for each in reversed(found) if each.one_key}.values())

    def places(self) -> dict[str, Callable[[], QWidget | None]]:
        """Each gives the keyboard to a widget and returns it; None where the part has no such place."""
        panels = {name: self._open(each) for name, each in self._panels.items()}
        return {
            "page": self._page,
            "list": self._list,
            "search": self._search,
            "log line": self._log_line,
            "rail": self._rail,
            "form: text": lambda: self._form("text"),
            "form: spin box": lambda: self._form("count"),
            "form: choice": lambda: self._form("choice"),
            "own form": self._own_form,
            "open panel": self._side_panel,
            **panels,
        }

    def _page(self) -> QWidget:
        self.part.setFocus(Qt.FocusReason.OtherFocusReason)
        return self._focused() or self.part

    def _list(self) -> QWidget | None:
        views = [each for each in self._views if isValid(each) and each.isVisible()]
        return self._give(
            next((each for each in views if each.focusPolicy() & Qt.FocusPolicy.TabFocus), None)
        )

    def _search(self) -> QWidget | None:
        field = next((each for each in self.part.findChildren(SearchField) if each.isVisible()), None)
        if field is not None:
            field.blockSignals(True)  # the list stays as it is, whatever is typed
        return self._give(field)

    def _log_line(self) -> QWidget | None:
        return self._give(self.window.log_line.edit)

    def _rail(self) -> QWidget | None:
        assert self.window.current is not None
        return self._give(self.window.rail.buttons[self.window.current])

    def _form(self, key: str) -> QWidget | None:
        page = self.part
        if not isinstance(page, RecordPage):
            return None
        if page.forms.form is None or page.forms.form.spec.title != FORM:
            about = None if page.shown is None else page.shown
            page.ask(self._spec(), about)
        form = page.forms.form
        return self._give(form.input(key)) if form is not None and form.isVisible() else None

    def _spec(self) -> FormSpec:
        choices = [("North", 1), ("South", 2)]
        fields = (
            Field("text", "Text"),
            Field("count", "Count", "count"),
            Field("choice", "Choice", "choice", choices=choices),
        )
        return FormSpec(
            FORM, "Do it", lambda _values: self._said.ran.append(FORM), fields, then=lambda _: None
        )

    def _own_form(self) -> QWidget | None:
        """The forms that pages make themselves."""
        page = self.part
        if isinstance(page, CamerasPage):
            page.form.begin()
            return self._give(page.form.owner if page.form.owner.isVisible() else page.form.asking.port)
        if isinstance(page, BidsTab):
            if not page.form.isVisible():
                page.new_bid()
            return self._give(page.form.input("partner"))
        return None

    def _side_panel(self) -> QWidget | None:
        panel = next((each for each in self.part.findChildren(SidePanel) if each.isVisible()), None)
        inside = [] if panel is None else panel.findChildren(QWidget)
        stop = Qt.FocusPolicy.TabFocus
        return self._give(
            next((each for each in inside if each.isVisible() and each.focusPolicy() & stop), None)
        )

    def _open(self, panel: Overlay) -> Callable[[], QWidget | None]:
        def opened() -> QWidget | None:
            if panel is self.window.palette_panel:
                self.window.palette_panel.open()
            elif panel is self.desk.closing.panel:
                self.desk.closing.panel.ask()
            elif not panel.isVisible():
                panel.open_panel()
            return self._focused()

        return opened

    def _give(self, widget: QWidget | None) -> QWidget | None:
        if widget is not None:
            widget.setFocus(Qt.FocusReason.MouseFocusReason)
        return self._focused() if widget is not None else None

    def _focused(self) -> QWidget | None:
        return self.window.focusWidget()

    def stand(self, name: str) -> QWidget | None:
        """Give the keyboard to that place, everything else closed; None where the part has no such place."""
        if (focused := self._focused()) is not None:
            focused.clearFocus()  # or it would be given back: nobody's hand moves the keyboard here
        for search in self.part.findChildren(SearchField):
            search.blockSignals(False)
        for panel, each in self._panels.items():
            if each.isVisible() and panel != name:
                each.close_panel()
        if isinstance(self.part, RecordPage) and not name.startswith("form"):
            self.part.forms.close_form()
        if isinstance(self.part, CamerasPage) and name != "own form" and self.part.form.isVisible():
            self.part.form.close_panel()
        if isinstance(self.part, BidsTab) and name != "own form" and self.part._writing:
            self.part._leave_form()
        widget = self.places()[name]()
        self._quiet()
        if widget is not None and not isinstance(widget, QComboBox):
            write(widget)
            self._quiet()
        return widget

    # -- pressing ------------------------------------------------------------------------------------------

    def press(self, keys: str) -> Pressed:
        """Press a key as the system sends it, and tell what it did."""
        self._said = said = Pressed()
        focused, text, rows, opened = self._focused(), text_of(self._focused()), self._rows(), self._opened()
        combination = QKeySequence(keys.replace("Enter", "Return"))[0]  # pyright: ignore[reportIndexIssue]  (Qt has it, its stubs do not)
        QTest.keyClick(self.window.windowHandle(), combination.key(), combination.keyboardModifiers())
        QApplication.processEvents()
        self._quiet()
        if self.desk.closing.panel.isVisible() and keys in dict(WHILE_CLOSING) and self._qtbot is not None:
            self._qtbot.waitUntil(lambda: bool(said.ran))  # Qt shows the button pressed first
        said.typed = focused is not None and isValid(focused) and text_of(focused) != text
        said.stepped = self._rows() != rows
        said.moved = self._focused() is not focused or self._opened() != opened
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        return said

    def _rows(self) -> list[int]:
        return [each.currentIndex().row() for each in self._views if isValid(each) and each.isVisible()]

    def _opened(self) -> list[str]:
        shown = [name for name, each in self._panels.items() if each.isVisible()]
        form = isinstance(self.part, RecordPage) and self.part.forms.form is not None
        return [*shown, str(form)]

    def _quiet(self) -> None:
        if self.desk.background.busy and self._qtbot is not None:
            self._qtbot.waitUntil(lambda: not self.desk.background.busy)
