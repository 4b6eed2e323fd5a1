"""Builds the one window of the desk, with its five fixed places.

    ┌──────┬───────────────────────────────────────────────┐
    │      │ top bar: page, its own tools, Ctrl+K, alarms,  │
    │      │          who, the time                         │
    │ rail ├───────────────────────────────────────────────┤
    │      │ page (messages, palette and panels lie over it)│
    │      │ a fault's band, while there is one             │
    │      ├───────────────────────────────────────────────┤
    │      │ log line, always there                         │
    │      ├───────────────────────────────────────────────┤
    │      │ status line                                    │
    └──────┴───────────────────────────────────────────────┘

How it is put together (by the composition root):

    window = MainWindow(session, messages, [live_page, log_page, …], groups={live_page: "Watch", …}, clock=clock,
                        state=WindowState(path), sign_in=SignInPage(…), switch=SwitchPanel(…))
    window.log_line.entry_submitted.connect(…)        # answered by its accepted(at, …), written(at) or failed(error)
    window.status.set_item("cameras", "16 of 16 cameras live", "live")
    window.palette_panel.add_source(palette_sources.cameras(register, show_on_wall))
    window.set_alarms(2); window.alarms_requested.connect(…)
    window.show()

Pages come in the order of the rail, built already, with everything they need. The window asks them only what
`Page` promises; no page knows the window. A page whose `permission` the person lacks is not offered. `links` opens
records on whichever page shows them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.clock import Clock, process_clock
from controlroom.ui.background import Background
from controlroom.ui.kit.actions import Actions, DeskAction, asked_everywhere
from controlroom.ui.kit.page import Page
from controlroom.ui.messages import Kind, Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell import palette_sources
from controlroom.ui.shell.desk_keys import DeskKeys
from controlroom.ui.shell.fault_panel import FaultPanel
from controlroom.ui.shell.faults import Faults
from controlroom.ui.shell.focus_keeper import FocusKeeper
from controlroom.ui.shell.log_line import LogLine
from controlroom.ui.shell.looks import FirstLooks, Looks, OwnChoices
from controlroom.ui.shell.message_strip import MessageStrip
from controlroom.ui.shell.notifications_panel import NotificationsPanel
from controlroom.ui.shell.own_views import OwnViews
from controlroom.ui.shell.palette import Palette
from controlroom.ui.shell.rail import Rail
from controlroom.ui.shell.record_links import RecordLinks
from controlroom.ui.shell.shortcuts_panel import ShortcutsPanel
from controlroom.ui.shell.status_line import DeskStrip, StatusLine
from controlroom.ui.shell.top_bar import TopBar
from controlroom.ui.shell.window_place import WindowPlace
from controlroom.ui.sign_in.lock import DeskGuard, LockLayer
from controlroom.ui.sign_in.password_panel import PasswordPanel
from controlroom.ui.sign_in.switch_panel import SwitchPanel
from controlroom.ui.widgets.keyboard import form_of, is_typed_into
from controlroom.ui.widgets.layout import column, grow, row
from controlroom.ui.widgets.overlay import Overlay
from controlroom.ui.window_state import WindowState

SMALLEST = (1120, 640)
LAST_PAGE = "page"
P = TypeVar("P", bound=Page)


class MainWindow(QMainWindow):
    """Rail, top bar, page, log line, status line; see the module's docstring."""

    page_changed = Signal(object)  # Page
    alarms_requested = Signal()

    def __init__(
        self,
        session: DeskSession,
        messages: Messages,
        pages: Sequence[Page],
        *,
        groups: Mapping[Page, str] | None = None,
        clock: Clock | None = None,
        state: WindowState | None = None,
        sign_in: QWidget | None = None,
        switch: SwitchPanel | None = None,
        lock: LockLayer | None = None,
        own_password: PasswordPanel | None = None,
        faults: Faults | None = None,
        background: Background | None = None,
        looks: FirstLooks | None = None,
        own: OwnChoices | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Control Room")
        self.setMinimumSize(*SMALLEST)
        self._session, self._pages = session, list(pages)
        self._state = state or WindowState()
        self._current: Page | None = None
        self._subtitles: dict[Page, str] = {}
        self._alarms = 0
        self._last_here: int | None = None
        self._sign_in = sign_in
        self._messages = messages
        messages.who = lambda: session.actor.handle if session.signed_in else ""
        self.faults = faults or Faults(self)
        self.fault_panel = FaultPanel(self.faults, messages, background, clock)
        self.rail = Rail(self._pages, groups)
        self.top_bar = TopBar(clock or process_clock())
        self._stack = QStackedWidget()
        self.log_line = LogLine()
        self.status = StatusLine()
        self.desk_strip = DeskStrip()
        self._root = QStackedWidget()
        self._lay_out()
        self.looks = Looks(self, session, messages, background=background, own=own, first=looks)
        self.strip = MessageStrip(messages, self._stack, sound=lambda: self.looks.sound)
        self.notifications = NotificationsPanel(messages, self._stack)
        self.strip.leave_room_for(self.notifications)
        self.palette_panel = Palette(self._stack, self._state)
        self.shortcuts = ShortcutsPanel(self._stack)
        self._switch = switch
        if switch is not None:
            switch.lay_over(self._stack)
        self._own_password = own_password
        if own_password is not None:
            own_password.lay_over(self._stack)
        self.guard: DeskGuard | None = None
        if lock is not None:
            now, front = clock or process_clock(), lambda: self._current
            self.guard = DeskGuard(self, session, lock, content=self._desk, page=front, clock=now)
        self.actions_made = Actions(self, session.may)
        self._place = WindowPlace(self, self._state, background)
        self.may_close: Callable[[], bool] = lambda: True
        self.links = RecordLinks(
            self._pages, self.show_page, self.why_closed, lambda why: messages.show(why, "warn")
        )
        self._make_actions()
        self._connect()
        self._follow_session()

    # -- for the composition root ----------------------------------------------------------------------------

    @property
    def current(self) -> Page | None:
        """The page in front."""
        return self._current

    def page(self, kind: type[P]) -> P:
        """The page of that class. Raises LookupError when this window has none."""
        found = next((page for page in self._pages if isinstance(page, kind)), None)
        if found is None:
            raise LookupError(f"this window has no {kind.__name__}")
        return found

    @property
    def pages(self) -> Sequence[Page]:
        """Every page, in the order of the rail."""
        return tuple(self._pages)

    @property
    def switch_panel(self) -> SwitchPanel | None:
        """The panel where another person takes the desk."""
        return self._switch

    def offered(self) -> list[Page]:
        """The pages the person signed in may open."""
        return [page for page in self._pages if self._may_open(page)]

    def show_page(self, page: Page) -> None:
        """Bring a page to the front, if it is offered."""
        if not self._may_open(page):
            return
        self._put_panels_away()
        if page is self._current:
            self._focus_page(page)
            return
        if self._current is not None:
            self._current.left()
        self._current = page
        self._stack.setCurrentWidget(page)
        by_qt = self.focusWidget()  # the first field of the page, wherever that is
        self.rail.show_chosen(page)
        self.top_bar.show_page(page.title, self._subtitles.get(page, ""), page.tools_of_bar())
        self._state.set(LAST_PAGE, page.title)
        page.entered()
        if self.focusWidget() is by_qt:
            self.to_page()
        self._focus_page(page)
        self.page_changed.emit(page)

    def say(self, text: str, kind: Kind, *, meaning: str = "", remedy: str = "") -> None:
        """Show a message in the strip."""
        self._messages.show(text, kind, meaning=meaning, remedy=remedy)

    def set_alarms(self, count: int, what: str = "") -> None:
        """How many alarms are unanswered, and what the newest is."""
        self.top_bar.set_alarms(count, what)
        self._alarms = count
        self._tell_lock()

    def restore(self) -> None:
        """Put the window where it was last time, or at its first size in the middle of the screen."""
        self._place.restore()

    # -- actions ---------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        make = self.actions_made.make
        make(DeskAction.PALETTE, self.palette_panel.open)
        make(DeskAction.SHORTCUTS, self.shortcuts.summon)
        make(DeskAction.LOG_LINE, self._to_log_line)
        make(DeskAction.NEXT_PLACE, self._to_next_place)
        make(DeskAction.ALARMS, self.alarms_requested.emit)
        if self._switch is not None:
            make(DeskAction.SWITCH_USER, self._switch.summon)
        if self.guard is not None:
            make(DeskAction.LOCK, self.guard.lock)
        if self._own_password is not None:
            make(DeskAction.OWN_PASSWORD, self._own_password.summon)
        make(DeskAction.CLOSE_MESSAGE, self.strip.close_last)
        make(DeskAction.NOTIFICATIONS, self.notifications.summon)
        make(DeskAction.FAULT_REPORT, self.fault_panel.open_report)
        make(DeskAction.FULL_SCREEN, self._toggle_full_screen)
        make(DeskAction.THEME, self.looks.toggle_theme)
        make(DeskAction.LARGER_TEXT, lambda: self.looks.change_text(1))
        make(DeskAction.SMALLER_TEXT, lambda: self.looks.change_text(-1))
        make(DeskAction.USUAL_TEXT, lambda: self.looks.change_text(0))
        make(DeskAction.SOUND, self.looks.toggle_sound)
        make(DeskAction.QUIT, self.close)
        for action in asked_everywhere():
            self.actions_made.enter(action)
        for page in self._pages:
            if page.shortcut:
                self.actions_made.make_for_page(page, lambda page=page: self.show_page(page))
        for page in self._pages:
            ways = (lambda page=page: self.why_closed(page), lambda page=page: self.show_page(page))
            self.actions_made.enter_page(page, *ways)
        self.shortcuts.set_source(self.actions_made.groups, self.actions_made.why_not)
        self.palette_panel.add_source(
            palette_sources.pages(lambda: self._pages, self.show_page, self.why_closed)
        )
        self.palette_panel.add_source(palette_sources.commands(self.actions_made, lambda: self._current))

    def why_closed(self, page: Page) -> str:
        """Why a page is not offered to the person signed in; empty when it is."""
        if self._may_open(page) or page.permission is None:
            return ""
        return f"Your role does not allow it: {page.permission.value}."

    def _panels(self) -> list[Overlay]:
        """What lies over the page while it is open, and belongs to no page."""
        always = (self.palette_panel, self.notifications, self.shortcuts)
        return [each for each in (*always, self._switch, self._own_password) if each is not None]

    def _put_panels_away(self, coming: Overlay | None = None) -> None:
        """No panel stays open over a page that the keyboard went to past it, or behind the one that is coming."""
        for panel in self._panels():
            if panel is not coming:
                panel.put_away()

    def _to_log_line(self) -> None:
        self._put_panels_away()
        self.log_line.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def to_page(self, *, exactly: bool = False, afresh: bool = False) -> None:
        """Back to the page: to where the keyboard was on it, but out of a search field unless `exactly` there.

        `afresh`: wherever it was, as for somebody who begins there.
        """
        page = self._current
        if page is None:
            return
        last = page.focusWidget()
        usable = not afresh and last is not None and last.isVisible() and last.isEnabled()
        if not usable or (is_typed_into(last) and form_of(last) is None and not exactly):
            last = page.home()
            last = last if (last.focusProxy() or last).isVisible() else page
        assert last is not None
        last.setFocus(Qt.FocusReason.OtherFocusReason)

    def _back_from_panel(self) -> None:
        """A panel was closed: back to the page, or to the half-typed log line over which it was opened.

        Not there once a name was typed into the panel: a password may follow.
        """
        begun = self._switch is not None and self._switch.begun
        if begun or not (self.log_line.edit.hasFocus() and self.log_line.text.strip()):
            self.to_page()

    def _entry_sent(self) -> None:
        """After Enter in the log line the keyboard is where it was."""
        if self.log_line.edit.hasFocus():
            self.to_page(exactly=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc that nothing else wanted goes back to the page, from wherever the keyboard is."""
        if event.key() == Qt.Key.Key_Escape:
            self.to_page()
        else:
            super().keyPressEvent(event)

    def _to_next_place(self) -> None:
        """Focus moves on: rail, top bar, page, log line, and round again."""
        if self._current is None:
            return
        places = (self.rail, self.top_bar, self._current, self.log_line)
        targets = (self.rail.buttons[self._current], self.top_bar.finder, self._current, self.log_line.edit)
        focused = self.focusWidget()
        here = next((i for i, each in enumerate(places) if focused and each.isAncestorOf(focused)), 1)
        target: QWidget = targets[(here + 1) % len(targets)]
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if target is self._current and not self._current.hasFocus():
            self._current.focusNextChild()

    def _focus_page(self, page: Page) -> None:
        """Keys go to the page that came to the front, unless it already put the focus somewhere of its own."""
        focused = self.focusWidget()
        if focused is not page and not (focused and page.isAncestorOf(focused)):
            self.to_page()

    def _toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    # -- following -------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        DeskKeys(self, self.fault_panel, lambda: self._current)
        self._focus_keeper = FocusKeeper(self, lambda: self._current, self.to_page)
        self._own_views = OwnViews(self._stack)
        self.strip.part = lambda: self._current.beside_pictures() if self._current is not None else None
        self.rail.chosen.connect(self.show_page)
        self.top_bar.finder.clicked.connect(lambda _checked: self.palette_panel.open())
        self.top_bar.alarms.clicked.connect(self.alarms_requested)
        self.top_bar.bell.clicked.connect(self.notifications.toggle)
        self._messages.changed.connect(self._show_notifications)
        self._session.actor_changed.connect(self._follow_session)
        self.log_line.left.connect(self.to_page)
        self.log_line.entry_submitted.connect(lambda *_entry: self._entry_sent())
        for panel in self._panels():
            own = panel in (self.palette_panel, self._own_password)
            panel.closed.connect(self.to_page if own else self._back_from_panel)
            panel.coming.connect(lambda coming=panel: self._put_panels_away(coming))
        self.fault_panel.closed.connect(self.to_page)
        if self._switch is not None:
            self.top_bar.user.clicked.connect(self._switch.toggle)
        self.log_line.set_aside.connect(self._say_set_aside)
        if self._switch is not None and self._own_password is not None:
            self._switch.password_wanted.connect(self._own_password.toggle)
        for page in self._pages:
            page.subtitle_changed.connect(lambda text, page=page: self._take_subtitle(page, text))
            page.shown_requested.connect(lambda page=page: self.show_page(page))
            page.refused.connect(lambda why: self.say(why, "info"))

    def _show_notifications(self) -> None:
        book = self._messages.book
        self.top_bar.set_notifications(book.unread, len(book.waiting))
        self._tell_lock()

    def _tell_lock(self) -> None:
        """Tell a locked desk's cover how many alarms wait: the room's, or those not acknowledged at this desk."""
        if self.guard is not None:
            self.guard.layer.set_alarms(max(self._alarms, len(self._messages.book.waiting)))

    def _take_subtitle(self, page: Page, text: str) -> None:
        self._subtitles[page] = text
        if page is self._current:
            self.top_bar.set_subtitle(text)

    def _may_open(self, page: Page) -> bool:
        return page.permission is None or self._session.may(page.permission)

    def _follow_session(self) -> None:
        here = self._session.actor.user_id if self._session.signed_in else None
        somebody_else, own = self._last_here not in (None, here), None
        if somebody_else:
            self._messages.forget_person()
        if here != self._last_here:
            self._focus_keeper.note_hand()  # whoever signed in put the keyboard there
            for panel in (self.palette_panel, self.notifications, self.shortcuts):
                panel.hide()
            own = self._own_views.change(self._last_here, here, self._current)
        self._last_here = here
        self.log_line.set_person(self._session.actor.handle if self._session.signed_in else "")
        self._state.sit_down(here)
        if not self._session.signed_in:
            if self._current is not None:
                self._current.left()
                self._current = None
            if self._sign_in is not None:
                self._root.setCurrentWidget(self._sign_in)
            return
        self._root.setCurrentIndex(0)
        for page in self._pages:
            self.rail.offer(page, self._may_open(page))
        self.log_line.set_allowed(self._session.may(Permission.WRITE_LOG))
        self._show_user()
        offered = self.offered()
        if self._current is not None and self._current not in offered:
            self._current.left()
            self._current = None
        if own is not None:
            self.show_page(own)
        if self._current is None and offered:
            last = self._state.get(LAST_PAGE, "")
            self.show_page(next((page for page in offered if page.title == last), offered[0]))
        elif self._current is not None and somebody_else:
            self.to_page(afresh=True)

    def _say_set_aside(self, person: str) -> None:
        if person:
            self._messages.show(
                f"What {person} had begun to write is kept for {person} at this desk.", "info"
            )

    def _show_user(self) -> None:
        if self._session.signed_in:
            self.top_bar.set_user(self._session.actor.handle)

    # -- building --------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        desk = self._desk = QWidget()
        for page in self._pages:
            self._stack.addWidget(page)
        above = (self.top_bar, self.desk_strip)
        below = (self.fault_panel, self.log_line, self.status)
        row(self.rail, grow(column(*above, grow(self._stack), *below)), on=desk)
        self._root.addWidget(desk)
        if self._sign_in is not None:
            self._root.addWidget(self._sign_in)
        self.setCentralWidget(self._root)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._current is not None:
            self._focus_page(self._current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.guard is not None:
            self.guard.layer.place()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._session.locked and event.spontaneous():
            event.ignore()  # whoever passes a locked desk does not close it; a signal to the program does
            return
        if not self.may_close():
            event.ignore()
            return
        if self._current is not None:
            self._current.left()
            self._current = None
        self._place.remember()
        event.accept()
