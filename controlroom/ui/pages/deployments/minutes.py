"""Edits the minutes of a meeting while it decides, and tells when somebody else wrote them meanwhile."""

from controlroom.deployments.meetings.records import Decision, Meeting
from controlroom.texts import MINUTES
from controlroom.ui import theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.password_question import PasswordQuestion
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.layout import SPRING, row
from controlroom.ui.widgets.limits import BoundedText, watch
from controlroom.ui.widgets.marks import NewsLine
from controlroom.ui.widgets.text import label, show_text


class MinutesCard(Card):
    """Shows and takes the minutes of one meeting. What is typed stays while the same meeting is shown."""

    def __init__(self, save: Action, close: Action, question: PasswordQuestion) -> None:
        super().__init__("Minutes")
        self._written: Meeting | None = None  # as these minutes were read or saved last
        self._newest: Meeting | None = None
        self._person: int | None = None
        self._aside: dict[
            tuple[int | None, int], tuple[Meeting, str]
        ] = {}  # half typed, by person and meeting
        self.news = NewsLine(reload=True)
        self.news.kept.connect(self._continue)
        self.news.reloaded.connect(self._reload)
        self.edit = BoundedText()
        self.edit.setTabChangesFocus(True)
        self.edit.setMinimumHeight(theme.px(120))
        self.edit.setAccessibleName("Minutes")
        self.edit.setPlaceholderText("Who was there; decisions add themselves as they are recorded.")
        self.close_button = ActionButton(close, parent=self)
        self.question = question  # before a text is saved that looks like a password
        self.add(self.news)
        self.add(self.edit)
        self._length = label("", theme.SMALL, role="alarm", wrap=True)
        self._length.hide()
        self.add(self._length)
        watch(self.edit, MINUTES).listened().told.connect(lambda said: show_text(self._length, said))
        self.add(question)
        self.body.addLayout(row(ActionButton(save, parent=self), self.close_button, SPRING, spacing=8))

    @property
    def text(self) -> str:
        """The minutes as they stand here."""
        return self.edit.toPlainText()

    def written(self) -> list[str]:
        """The lines that are new since the minutes were read or saved."""
        before = set(self._written.minutes.splitlines()) if self._written is not None else set[str]()
        return [line for line in self.text.splitlines() if line not in before]

    @property
    def seen_version(self) -> int | None:
        """The meeting's version these minutes are about."""
        return self._written.version if self._written is not None else None

    def show_meeting(self, meeting: Meeting, *, open_now: bool) -> None:
        """Show a meeting's minutes; they can be written while it is `open_now`."""
        before = self._written
        if before is None or before.id != meeting.id or not open_now:
            self._take(meeting)
            if open_now and (self._person, meeting.id) in self._aside:
                self._put_back(meeting)
        elif meeting.version > before.version:
            self._newest = meeting
            if before.minutes == meeting.minutes:  # others may also have moved the meeting
                self._written = meeting
            else:
                self.news.tell("Somebody else wrote minutes meanwhile. What you typed is kept.")
        self.edit.setReadOnly(not open_now)
        self.setVisible(open_now or bool(meeting.minutes))

    def change_person(self, person: int | None) -> None:
        """Set what is half typed aside for whoever typed it, until they are back. Nobody else reads or saves it."""
        if person == self._person:
            return
        if self._written is not None and self.text != self._written.minutes:
            self._aside[self._person, self._written.id] = (self._written, self.text)
        if self._written is not None:
            self._take(self._written)
        self._person, self._written = person, None

    def _put_back(self, meeting: Meeting) -> None:
        seen, text = self._aside.pop((self._person, meeting.id))
        self._written = seen
        self.edit.setPlainText(text)
        if seen.minutes != meeting.minutes:
            self._newest = meeting
            self.news.tell("Somebody else wrote minutes meanwhile. What you typed is kept.")

    def add_decision(self, decision: Decision) -> None:
        """Append a decision to the minutes; whoever writes them may change the words until the meeting closes."""
        reason = f" {decision.reason}" if decision.reason else ""
        line = f"{decision.bid_reference} {decision.place}: {decision.outcome.value}.{reason}"
        self.edit.setPlainText(f"{self.text.rstrip()}\n{line}".strip())

    def saved(self, meeting: Meeting) -> None:
        """The minutes of a meeting were saved; another may be shown by now."""
        if self._written is not None and meeting.id == self._written.id:
            self._written = meeting

    def _take(self, meeting: Meeting) -> None:
        self.edit.setPlainText(meeting.minutes)
        self._written = meeting
        self.news.hide()

    def _continue(self) -> None:
        self._written = self._newest or self._written

    def _reload(self) -> None:
        if self._newest is not None:
            self._take(self._newest)
