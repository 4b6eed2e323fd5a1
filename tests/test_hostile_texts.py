"""Hostile texts at every use case, on both engines: refused by name, or without what a paste brought along."""

import csv
import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import select

from controlroom.accounts.records import Actor, NewAccount, Role
from controlroom.accounts.remembered import RememberedPeople
from controlroom.accounts.tables import UserRow
from controlroom.accounts.use_cases import OPEN, USE_CASES
from controlroom.cameras.records import NewCamera, Place
from controlroom.cli import main
from controlroom.deployments.units.records import NewUnit
from controlroom.errors import ControlRoomError, InvalidInput
from controlroom.incidents.records import NewIncident
from controlroom.log import vocabulary as vocabularies
from controlroom.log.outbox.outbox import Outbox
from controlroom.log.outbox.records import ItemKind
from controlroom.log.records import NewAddendum, NewLogEntry
from controlroom.log.snapshots import SnapshotStore
from controlroom.texts import PROSE, as_seen, clean, harmless_cell, is_blank, required, says_something
from controlroom.ui.kit.export import write_csv
from tests.accounts.test_matrix import _something, arguments, services_over
from tests.builders import PASSWORD, Room, make_room
from tests.deployments.builders import CONTENT
from tests.engines import tamper

REFUSED = {
    "half of a character": "before \ud800 after",
    "the other half": "before \udfff after",
    "NUL": "before \0 after",
    "an escape": "before \x1b[2J after",
    "a control of the second kind": "before \x9b after",
    "10 MB": "x" * 10_000_000,
}
# By nobody's will in what is pasted: never an error of the program, and never stored.
TAKEN_OUT = "\u202eevil\u202c \ufeffbom\u200b\u2066x\u2069\u00ad"
PLACE = Place("Park Lane", "Town centre", "Fairfield")
LONG_HANDLE = NewAccount("op", "x" * 49, frozenset({Role.OPERATOR}))
LONG_STREET = replace(PLACE, street="x" * 121)
FULL_WIDTH = "".join(chr(ord(each) + 0xFEE0) for each in "Police")
# Tried by themselves, below; closing has nothing to type, and a picture is only compared with those that wait.
# The rows of a register file are texts of cells, tried in tests/cameras/test_register_import.py.
NOT_TYPED = {
    *(f"log.Outbox.{each}" for each in ("accept", "accept_addendum", "close_refused", "picture")),
    *(f"cameras.RegisterImport.{each}" for each in ("accept", "preview", "preview_found")),
}


def method_of(case: str, services: list[Any]) -> Callable[..., Any]:
    _, owner, name = re.sub(r" \(.*", "", case).split(".")
    service = next(each for each in services if any(owner == made.__name__ for made in type(each).__mro__))
    return getattr(service, name)


def given_to(case: str, method: Callable[..., Any]) -> dict[str, Any]:
    """Something for every argument, those with a default among them."""
    given = arguments(case, method)
    if case == "log.Outbox.note":
        given["kind"] = ItemKind.SIGN_IN
    for name, parameter in inspect.signature(method).parameters.items():
        if name not in given and name != "actor" and "str" in str(parameter.annotation):
            given[name] = _something("str")
    return given


def places(value: Any, name: str) -> Iterator[tuple[str, Callable[[str], Any]]]:
    """Every text in a value: the field it is in, and how to put another in its place."""
    if isinstance(value, Enum):
        return
    if isinstance(value, str):
        yield name, lambda text: text
    elif isinstance(value, tuple | list) and name != "user_ids":
        yield name, lambda text: type(value)((*value, text))
    elif isinstance(value, dict):
        yield name, lambda text: {**value, text: 1}
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        for each in dataclasses.fields(value):
            inside = getattr(value, each.name)
            if inside is None and str in get_args(hints[each.name]):
                inside = ""
            for field, put in places(inside, each.name):
                yield (
                    field,
                    lambda text, each=each, put=put: dataclasses.replace(value, **{each.name: put(text)}),
                )


def attempts(services: list[Any]) -> Iterator[tuple[str, str, Callable[[Actor, str], object]]]:
    """Use case, field, and what hands a text in there."""
    for case in (*USE_CASES, *OPEN):
        if case in NOT_TYPED:
            continue
        method = method_of(case, services)
        given = given_to(case, method)
        for name, value in given.items():
            for field, put in places(value, name):

                def attempt(
                    actor: Actor, text: str, name=name, put=put, method=method, given=given
                ) -> object:
                    by = {"actor": actor} if "actor" in inspect.signature(method).parameters else {}
                    done = method(**by, **{**given, name: put(text)})
                    return done.result() if isinstance(done, Future) else done

                yield case, field, attempt


@pytest.fixture
def room(tmp_path: Path, engine_kind: str) -> Room:
    return make_room(tmp_path)


@pytest.fixture
def outbox(room: Room) -> Iterator[Outbox]:
    store = SnapshotStore(room.folder / "snapshots")
    with closing(
        Outbox(room.folder / "outbox", room.site_key, room.clock, vocabularies.load(), store)
    ) as outbox:
        yield outbox


@pytest.fixture
def services(room: Room, outbox: Outbox) -> list[Any]:
    remembered = RememberedPeople(room.folder / "people", room.site_key, room.clock, lambda: 7)
    return [*services_over(room), outbox, remembered]


@pytest.fixture
def of(services: list[Any]) -> Callable[[str], Any]:
    """The service of that name."""
    return lambda name: next(each for each in services if type(each).__name__ == name)


@pytest.mark.both_engines
@pytest.mark.parametrize("kind", list(REFUSED))
def test_every_use_case_refuses_it_and_names_the_field(room: Room, services: list[Any], kind: str):
    wrong, tried = [], 0
    for case, field, attempt in attempts(services):
        tried += 1
        try:
            attempt(everybody(room), REFUSED[kind])
        except InvalidInput as refused:
            if refused.field != field:
                wrong.append(f"{case}: {field} was called {refused.field!r}: {refused}")
        except Exception as error:  # whatever else comes out is a finding
            wrong.append(f"{case}: {field}: {type(error).__name__}: {str(error)[:80]}")
        else:
            wrong.append(f"{case}: {field} was taken")
    assert not wrong, "\n".join(wrong)
    assert tried > 100


@pytest.mark.both_engines
def test_no_use_case_fails_over_what_a_paste_brings_along(room: Room, services: list[Any]):
    wrong = []
    for case, field, attempt in attempts(services):
        try:
            attempt(everybody(room), TAKEN_OUT)
        except ControlRoomError:
            pass  # of what the text says, not of what it is made of
        except Exception as error:
            wrong.append(f"{case}: {field}: {type(error).__name__}: {str(error)[:80]}")
    assert not wrong, "\n".join(wrong)


def everybody(room: Room) -> Actor:
    """Somebody with every role, so that nothing is refused for want of one."""
    known = [each for each in room.sign_in.users() if each.login == "all"]
    if not known:
        room.accounts.add(room.administrator, "all", "All", PASSWORD, frozenset(Role))
        known = [each for each in room.sign_in.users() if each.login == "all"]
    return Actor(known[0].id, known[0].handle, known[0].roles)


@pytest.mark.both_engines
@pytest.mark.parametrize("kind", list(REFUSED))
def test_what_a_desk_accepts_for_later_is_clean_already(room: Room, outbox: Outbox, kind: str):
    tried = 0
    for new, accept in (
        (NewLogEntry("seen"), outbox.accept),
        (NewAddendum("why", "seen", 1), outbox.accept_addendum),
    ):
        for field, put in places(new, "new"):
            tried += 1
            with pytest.raises(InvalidInput) as refused:
                accept(room.operator, put(REFUSED[kind])).result()
            assert refused.value.field == field
    assert (tried, outbox.entries()) == (7, ())


@pytest.mark.both_engines
def test_what_is_stored_reads_as_it_was_typed_and_no_other_way(room: Room, of: Any):
    incidents = of("IncidentService")
    opened = incidents.open_incident(
        room.operator, NewIncident("robbery", f"Cafe\u0301 {TAKEN_OUT}\r\nsecond line")
    )
    assert opened.headline == "Café evil bomx\nsecond line"
    assert [each.headline for each in incidents.incidents(room.operator).records] == [opened.headline]


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("field", "add"),
    [
        ("name", lambda of, who: of("CameraService").add(who, NewCamera("099", "x" * 121, PLACE))),
        ("street", lambda of, who: of("CameraService").add(who, NewCamera("099", "x", LONG_STREET))),
        ("username", lambda of, who: of("CameraService").add(who, NewCamera("099", "x", PLACE, username="x" * 65))),
        ("place", lambda of, who: of("MeetingService").plan(who, date(2027, 1, 5), "10:00", "x" * 121)),
        ("make", lambda of, who: of("UnitService").add(who, NewUnit("RDC-01", "x" * 81, "Model"))),
        ("contact", lambda of, who: of("BidService").add(who, replace(CONTENT, contact="x" * 81))),
        ("evidence", lambda of, who: of("BidService").add(who, replace(CONTENT, evidence="x" * 10_001))),
        ("agencies", lambda of, who: of("BidService").add(who, replace(CONTENT, agencies=("x" * 9_000, "y" * 9_000)))),
        ("ward", lambda of, who: of("IncidentService").open_incident(who, NewIncident("robbery", "x", ward="x" * 81))),
        ("handle", lambda of, who: of("AccountService").add_account(who, LONG_HANDLE)),
        ("reason", lambda of, who: of("RestrictionService").restrict(who, 1, [], "x" * 501)),
    ],
)  # fmt: skip
def test_what_no_column_holds_is_refused_by_the_name_of_its_field(room: Room, of: Any, field: str, add: Any):
    with pytest.raises(InvalidInput) as refused:
        add(of, everybody(room))
    assert refused.value.field == field


@pytest.mark.both_engines
def test_a_text_from_before_the_limit_may_stay_while_its_record_goes_on(room: Room, of: Any):
    bids = of("BidService")
    bid = bids.add(room.coordinator, CONTENT)
    tamper(room.folder, f"UPDATE bids SET evidence = '{'x' * 20_000}'")
    assert bids.submit(room.coordinator, bid.id).state == "submitted"
    assert len(bids.bid(room.coordinator, bid.id).content.evidence) == 20_000


@pytest.mark.both_engines
def test_the_minutes_of_a_meeting_have_room_and_an_end(room: Room, of: Any):
    meetings = of("MeetingService")
    meeting = meetings.plan(room.coordinator, date(2026, 11, 20), "23:00", "Town hall")
    assert len(meetings.save_minutes(room.coordinator, meeting.id, "x" * 60_000).minutes) == 60_000
    with pytest.raises(InvalidInput, match="60,001 of 60,000") as refused:
        meetings.save_minutes(room.coordinator, meeting.id, "x" * 60_001)
    assert refused.value.field == "minutes"


@pytest.mark.both_engines
def test_a_query_with_half_a_character_that_comes_past_a_service_is_told_in_plain_words(room: Room):
    with pytest.raises(InvalidInput), room.database.read() as session:
        session.scalars(select(UserRow).filter_by(login="\ud800")).all()


@pytest.mark.parametrize("text", ["hall \udce9", "hall \0"])
def test_a_command_with_such_an_argument_ends_with_a_plain_line(
    text: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["user", "first", "first", "--handle", text]) == 2
    assert capsys.readouterr().err.startswith("controlroom: 'hall ")


def test_every_service_that_takes_a_text_takes_it_clean(services: list[Any]):
    missing = {type(each).__name__ for each in services if not hasattr(each, "__takes_texts__")}
    assert missing == {"Outbox"}, "its errors come with its futures: it cleans by itself"


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "\ufeff \u2060", "\u3000", "\u3164", "\u2800\u00a0", "\u00ad"]
)
def test_what_a_person_sees_as_blank_is_blank(text: str):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["x", "ok", "\u2014", "...", "o\u200bk", "\uff4f \uff4b", "?!?!", "- 1 -"])
def test_what_says_nothing_is_no_reason(text: str):
    assert not says_something(text)
    with pytest.raises(InvalidInput, match="Why") as refused:
        required(text, "Why?", field="reason")
    assert refused.value.field == "reason"


@pytest.mark.parametrize("text", ["Row", "CAD 4417", "\u706b\u4e8b\u3060", "o k a", "e\u0301te\u0301"])
def test_three_letters_or_digits_as_a_person_sees_them_are_a_reason(text: str):
    assert required(f" {text} ", "Why?") == clean(text)


def test_texts_are_the_same_when_they_are_seen_as_the_same():
    assert as_seen(f"{FULL_WIDTH}\u3000 and\u200b  Council ") == "Police and Council"
    assert clean(" a\tb\r\nc\x0bd\u2028e ") == "a\tb\nc\nd\ne"
    assert clean("x" * PROSE) == "x" * PROSE
    with pytest.raises(InvalidInput, match="10,001 of 10,000"):
        clean("x" * (PROSE + 1))


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe62", "\ufe66"]
)
@pytest.mark.parametrize("before", ["", "\0", "\ufeff", "\u200b", "\u2066", " ", "\x1b", "\n\u3000"])
def test_no_cell_of_an_exported_list_is_a_formula(tmp_path: Path, before: str, start: str):
    path = tmp_path / "list.csv"
    write_csv(path, [["Title"], [f"{before}{start}cmd|'/c calc'!A1"]])
    with path.open(encoding="utf-8-sig", newline="") as file:
        cell = list(csv.reader(file))[1][0]
    assert cell.startswith("'")
    assert "\0" not in cell


@pytest.mark.parametrize("text", ["014", "George Street = quiet", "a-b", "", "'quoted'"])
def test_a_cell_that_is_no_formula_stays_as_it_is(text: str):
    assert harmless_cell(text) == text
