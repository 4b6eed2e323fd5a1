"""A whole page of records: a list with chips, the record at the side, forms, and three actions.

It shows how little a page needs to say (`docs/how-to-add-a-page.md`); the tests of the page kit drive it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.changes import Change, Changes
from controlroom.errors import Conflict, InvalidInput, NotFound
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import SEEN, FormSpec, Values
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.kit.table_model import Column
from controlroom.ui.widgets.card import EmptyState


@dataclass(frozen=True)
class Note:
    """Something to hand over to the next shift."""

    id: int
    text: str
    author: str
    urgent: bool = False
    open: bool = True


class Notes:
    """The notes' service, in memory."""

    def __init__(self, changes: Changes) -> None:
        self.changes, self.notes = changes, dict[int, Note]()
        self.error: Exception | None = None  # what reading fails with
        self._lock = Lock()

    def all(self, actor: Actor) -> list[Note]:
        if self.error is not None:
            raise self.error
        return list(self.notes.values())

    def write(self, actor: Actor, text: str, urgent: bool) -> Note:
        if len(text) > 20:
            raise InvalidInput("The note is too long.", remedy="Write up to 20 letters.", field="text")
        return self._put(actor, Note(len(self.notes) + 1, text, actor.handle, urgent))

    def reword(self, actor: Actor, note: Note, text: str) -> Note:
        if self.notes[note.id] != note:
            raise Conflict("Somebody else changed the note meanwhile.")
        return self._put(actor, replace(note, text=text))

    def close(self, actor: Actor, note_id: int) -> Note:
        if note_id not in self.notes:
            raise NotFound("There is no such note.")
        return self._put(actor, replace(self.notes[note_id], open=False))

    def _put(self, actor: Actor, note: Note) -> Note:
        with self._lock:
            self.notes[note.id] = note
        self.changes.announce(Change("note", str(note.id), actor.handle))
        return note


CHIPS: tuple[tuple[str, Callable[[Note], bool] | None], ...] = (
    ("All", None),
    ("Open", lambda note: note.open),
)
COLUMNS = (
    Column[Note]("Number", lambda note: str(note.id), sort_key=lambda note: note.id, width=80),
    Column[Note]("Note", lambda note: note.text, stretch=True),
    Column[Note]("State", lambda note: "open" if note.open else "closed", width=90),
)


class NotesPage(RecordPage[Note]):
    """Notes for the next shift; whoever may write the log may write, reword and close them."""

    title, icon_name, shortcut = "Notes", "note", "Alt+9"
    permission = Permission.READ_LOG
    noun, kinds = "note", frozenset({"note"})

    def __init__(self, context: PageContext, notes: Notes) -> None:
        records = LocalList(
            context,
            "notes",
            COLUMNS,
            lambda note: note.id,
            notes.all,
            chips=CHIPS,
            empty=EmptyState("No note yet", "Press N and write the first one.", "note"),
            sort_by="Number",
        )
        super().__init__(context, records)
        self._notes, self.list = notes, records
        may = Permission.WRITE_LOG
        self.write = self.action("N", "Write a note", self._write, kind="primary", permission=may)
        self.reword = self.about(
            "R", "Reword the note", self._reword, when=lambda note: note.open, permission=may
        )
        self.close_note = self.about(
            "C", "Close the note", self._close, why_not=_why_not_close, permission=may
        )
        self.list_actions()
        self.bar = [self.write]
        self.panel = self.lay_out([self.reword, self.close_note])

    def name_of(self, record: Note) -> str:
        return f"Note {record.id}"

    def facts_of(self, record: Note) -> list[tuple[str, str]]:
        return [("Note", record.text), ("Written by", record.author)]

    def took(self, records: Sequence[Note]) -> None:
        self.badge_changed.emit(sum(note.open and note.urgent for note in records))

    def _write(self) -> None:
        actor = self.session.actor
        fields = (Field("text", "Note", "text", needed="Write the note."), Field("urgent", "Urgent", "tick"))

        def run(values: Values) -> Note:
            return self._notes.write(actor, values["text"], values["urgent"])

        self.ask(FormSpec("New note", "Save", run, fields, said="The note is kept for the next shift."))

    def _reword(self, note: Note) -> None:
        actor = self.session.actor
        field = Field("text", "Note", value=note.text, check=lambda text: "" if text else "Write something.")

        def run(values: Values) -> Note:
            return self._notes.reword(actor, values[SEEN], values["text"])

        self.ask(FormSpec("Reword the note", "Save", run, (field,), seen=note), note)

    def _close(self, note: Note) -> None:
        self.do(lambda actor: self._notes.close(actor, note.id), f"Note {note.id} is closed.")


def _why_not_close(note: Note) -> str:
    return "" if note.open else "The note is closed already."
