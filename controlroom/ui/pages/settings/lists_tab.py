"""Shows the room's lists, one at a time, and changes them: words are added, moved and retired, never deleted."""

from collections.abc import Callable, Sequence

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import show_moment
from controlroom.configuration.list_service import AS_IT_WAS, CHANGED, ListService, ListWord
from controlroom.configuration.lists import LISTS, LONGEST, LONGEST_OTHERS, ListLine, ListSpec
from controlroom.ui import theme
from controlroom.ui.kit.action import Action
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import SEEN, FormSpec, Values
from controlroom.ui.kit.record_list import Chip, LocalList
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.kit.table_model import Column
from controlroom.ui.widgets.card import EmptyState

SPECS: Sequence[ListSpec] = tuple(LISTS.values())
SHOWN = 8  # changes of a word, the newest


class ListsTab(RecordPage[ListWord]):
    """Everybody who sees the tab reads the lists; changing them needs the permission to change settings."""

    title, part = "Settings", "Lists"
    noun, kinds = "word of a list", frozenset({CHANGED})

    def __init__(self, context: PageContext, service: ListService) -> None:
        records = LocalList(
            context,
            "lists",
            _columns(),
            lambda word: word.key,
            service.words,
            chips=_chips(),
            intro="N adds a word. Choose one to retire it, to move it, or to change what it is found by.",
            empty=EmptyState(
                "No word fits", "Search for another one, or choose another list.", "list-bullets"
            ),
            search_hint="Word, or another word for it",
            sort_by="Place",
        )
        super().__init__(context, records)
        self._service, self.table, self.chips = service, records.table, records.chips
        self._words: Sequence[ListWord] = ()
        self.add = self.action(
            "N",
            "Add a word to the list",
            self._add,
            short="Add a word",
            kind="primary",
            permission=Permission.CHANGE_SETTINGS,
        )
        details = self._about(
            "W", "Change the other words and the mark of a word", "Change", self._change, _has_details
        )
        self.retire = self._about(
            "X", "Retire the word", "Retire", self._retire, lambda word: not word.line.retired
        )
        self.back = self._about(
            "B", "Offer the word again", "Offer again", self._bring_back, lambda word: word.line.retired
        )
        up = self._about("Ctrl+Up", "Move the word up", "Up", lambda word: self._move(word, up=True))
        down = self._about("Ctrl+Down", "Move the word down", "Down", lambda word: self._move(word, up=False))
        self.bar = [self.add]
        self.list_actions()
        self.panel = self.lay_out([self.add, details, self.retire, self.back, up, down])

    @property
    def spec(self) -> ListSpec:
        """The list in front."""
        return SPECS[self.chips.index]

    def name_of(self, record: ListWord) -> str:
        return record.line.word

    def facts_of(self, record: ListWord) -> Sequence[tuple[str, str]]:
        spec, line = record.spec, record.line
        facts = [("List", f"{spec.title}: {spec.meaning}"), ("State", _state(record))]
        if spec.others:
            facts.append(("Found by", ", ".join(line.others)))
        if spec.mark:
            facts.append((spec.mark.capitalize(), "yes" if line.marked else "no"))
        facts.append(("Takes hold", spec.when.value))
        changes = [each for each in record.history if each.what != AS_IT_WAS]
        facts += [
            (each.what.capitalize(), f"{show_moment(each.at)}, {each.by}")
            for each in reversed(changes[-SHOWN:])
        ]
        return facts if changes else [*facts, ("Changed", "never: it is as the list began")]

    def took(self, records: Sequence[ListWord]) -> None:
        self._words = records

    # -- what is done ----------------------------------------------------------------------------------------

    def _about(
        self,
        keys: str,
        text: str,
        short: str,
        run: Callable[[ListWord], object],
        when: Callable[[ListWord], bool] = lambda _word: True,
    ) -> Action:
        return self.about(keys, text, run, short=short, when=when, permission=Permission.CHANGE_SETTINGS)

    def _add(self) -> None:
        spec, actor = self.spec, self.session.actor
        seen = next((each.seen for each in self._words if each.spec is spec), 0)

        def run(values: Values) -> None:
            self._service.add(actor, spec.name, _line(values["word"], values), seen)

        word = Field("word", "Word", needed="Write the word as it is to be read.", longest=LONGEST)
        said = f"Added to “{spec.title}”; it takes hold {spec.when.value}."
        self.ask(FormSpec(f"Add to: {spec.title}", "Add", run, (word, *_details(spec)), said=said))

    def _change(self, word: ListWord) -> None:
        actor, spec = self.session.actor, word.spec

        def run(values: Values) -> None:
            self._service.change(actor, spec.name, _line(word.line.word, values), values[SEEN].seen)

        fields = tuple(_details(spec, word.line))
        said = f"“{word.line.word}”: saved; it takes hold {spec.when.value}."
        self.ask(FormSpec(f"Change: {word.line.word}", "Save", run, fields, seen=word, said=said), word)

    def _retire(self, word: ListWord) -> None:
        name, text = word.spec.name, word.line.word
        self.do(
            lambda actor: self._service.retire(actor, name, text, word.seen),
            f"“{text}” is retired: records that have it keep it, and it is offered no more.",
        )

    def _bring_back(self, word: ListWord) -> None:
        name, text = word.spec.name, word.line.word
        self.do(
            lambda actor: self._service.bring_back(actor, name, text, word.seen),
            f"“{text}” is offered again.",
        )

    def _move(self, word: ListWord, *, up: bool) -> None:
        def move(actor: Actor) -> None:
            self._service.move(actor, word.spec.name, word.line.word, word.seen, up=up)

        self.do(move)


def _details(spec: ListSpec, line: ListLine | None = None) -> list[Field]:
    """What a line of the list says beside its word."""
    fields: list[Field] = []
    if spec.others:
        others = ", ".join(line.others) if line is not None else ""
        fields.append(
            Field(
                "others",
                "Other words people type for it",
                value=others,
                help="With commas between them.",
                longest=LONGEST_OTHERS,
            )
        )
    if spec.mark:
        fields.append(Field("marked", spec.mark.capitalize(), "tick", value=line is not None and line.marked))
    return fields


def _line(word: str, values: Values) -> ListLine:
    others = (each.strip() for each in values.get("others", "").split(","))
    return ListLine(word, tuple(each for each in others if each), bool(values.get("marked", False)))


def _has_details(word: ListWord) -> bool:
    return word.spec.others or bool(word.spec.mark)


def _state(word: ListWord) -> str:
    return "retired: not offered any more" if word.line.retired else "offered"


def _changed(word: ListWord) -> str:
    newest = word.history[-1] if word.history else None
    if newest is None or newest.what == AS_IT_WAS:
        return ""
    return f"{newest.what} {show_moment(newest.at)}, {newest.by}"


def _chips() -> list[Chip]:
    def belongs_to(spec: ListSpec) -> Callable[[ListWord], bool]:
        return lambda word: word.spec is spec

    return [(spec.title, belongs_to(spec)) for spec in SPECS]


def _columns() -> list[Column[ListWord]]:
    return [
        Column(
            "Place",
            lambda word: str(word.place + 1),
            sort_key=lambda word: word.place,
            width=70,
            align="right",
        ),
        Column(
            "Word",
            lambda word: word.line.word,
            width=260,
            weight=theme.STRONG,
            role=lambda word: "text_faint" if word.line.retired else "text",
        ),
        Column(
            "Found by", lambda word: ", ".join(word.line.others), width=260, role="text_dim", stretch=True
        ),
        Column("", lambda word: word.spec.mark if word.line.marked else "", width=200, role="text_dim"),
        Column("State", lambda word: "retired" if word.line.retired else "", width=90, role="text_dim"),
        Column("Changed", _changed, width=280, role="text_dim"),
    ]
