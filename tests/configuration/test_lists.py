"""Lists edited on screen: shared by the room, with history; used words stay readable, and nothing is ever deleted."""

import uuid
from dataclasses import replace

import pytest

from controlroom.audit import service as audit
from controlroom.configuration.list_service import ListService
from controlroom.configuration.lists import LISTS, MOST, ListLine, check, in_use, words
from controlroom.configuration.stored_lists import check_lists
from controlroom.configuration.tables import ListRow
from controlroom.deployments.policy import load_policy
from controlroom.errors import Conflict, InvalidInput, NotFound, PermissionRefused
from controlroom.log.outbox.records import ItemKind, OutboxItem
from controlroom.log.outbox.writer import OutboxWriter
from controlroom.log.records import NewLogEntry
from controlroom.log.vocabulary import Vocabulary
from tests.builders import make_room
from tests.incidents.desk import make_desk

pytestmark = pytest.mark.both_engines
NAME = "incident_categories"


@pytest.fixture
def room(tmp_path):
    made = make_room(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def lists(room):
    return ListService(room.database, room.folder)


def seen(lists, room, name=NAME):
    return next(each.seen for each in lists.words(room.operator) if each.spec.name == name)


def test_a_list_is_its_file_until_somebody_changes_it_and_then_the_rooms_at_every_desk(room, lists, tmp_path):
    other_desk = ListService(room.database, tmp_path / "other")
    vocabulary, before = Vocabulary(lambda: other_desk.now), lists.now[NAME]
    assert {"robbery", "other"} <= set(words(before))
    lists.add(room.administrator, NAME, ListLine("drone", ("quadcopter",)), 0)
    assert words(other_desk.now[NAME]) == (*words(before), "drone")
    assert vocabulary.find_categories("quadc")[0].name == "drone"
    lists.retire(room.administrator, NAME, "drone", seen(lists, room))
    assert not vocabulary.find_categories("drone")
    assert vocabulary.with_retired.find_categories("drone")
    with pytest.raises(InvalidInput):
        vocabulary.check_category("drone", of_incident=True)
    lists.bring_back(room.administrator, NAME, "drone", seen(lists, room))
    lists.change(room.administrator, NAME, ListLine("drone", ("uav",)), seen(lists, room))
    lists.move(room.administrator, NAME, "drone", seen(lists, room), up=True)
    assert words(other_desk.now[NAME])[-2:] == ("drone", words(before)[-1])
    again = ListService(room.database, tmp_path / "again")
    assert again.now == lists.now == other_desk.now
    (word,) = [each for each in lists.words(room.operator) if each.line.word == "drone"]
    assert [each.what for each in word.history] == ["added", "retired", "brought back", "changed", "moved"]
    assert {(each.by, each.at) for each in word.history} == {("Administrator", room.clock.now())}
    with room.database.read() as session:
        assert audit.newest(session, 1)[0].action == "list.changed"
        assert audit.verify(session).faults == ()


def test_only_administrators_change_lists(room, lists):
    for actor in (room.operator, room.supervisor, room.auditor, room.coordinator):
        with pytest.raises(PermissionRefused):
            lists.add(actor, NAME, ListLine("drone"), 0)
        with pytest.raises(PermissionRefused):
            lists.retire(actor, NAME, "robbery", 0)


def test_what_cannot_be_is_refused_by_name(room, lists):
    def add(word, others=()):
        lists.add(room.administrator, NAME, ListLine(word, others), 0)

    for word in ("", "  ", "\N{ZERO WIDTH SPACE}", "x" * 61, "Robbery", "robbery\N{SOFT HYPHEN}", "róbbery"):
        with pytest.raises(InvalidInput) as refused:
            add(word)
        assert refused.value.field == "word"
    with pytest.raises(InvalidInput) as refused:
        add("drone", ("y" * 256,))
    assert refused.value.field == "others"
    with pytest.raises(InvalidInput):
        lists.add(room.administrator, "of nothing", ListLine("x"), 0)
    with pytest.raises(NotFound):
        lists.retire(room.administrator, NAME, "drone", 0)
    with pytest.raises(InvalidInput):
        check(tuple(ListLine(f"word {number}") for number in range(MOST + 1)))
    with pytest.raises(InvalidInput):
        check((ListLine("only", retired=True),))
    assert lists.now[NAME] == ListService(room.database, room.folder).now[NAME]


def test_who_looked_at_an_older_list_is_told(room, lists):
    lists.add(room.administrator, NAME, ListLine("drone"), 0)
    with pytest.raises(Conflict):
        lists.add(room.administrator, NAME, ListLine("scooter"), 0)
    assert "scooter" not in words(lists.now[NAME])


def test_every_list_is_edited_the_same_way(room, lists):
    for name, spec in LISTS.items():
        first = in_use(lists.now[name])[0]
        lists.add(room.administrator, name, ListLine("new one"), 0)
        lists.change(
            room.administrator, name, replace(first, marked=bool(spec.mark)), seen(lists, room, name)
        )
        assert words(lists.now[name])[-1] == "new one"
    assert "new one" in load_policy(lists=lists.now).partners


def test_a_list_whose_words_were_all_retired_by_hand_goes_on_with_what_shipped_and_is_named(
    room, lists, tmp_path
):
    shipped, before = lists.now, Vocabulary(lambda: lists.now).police
    with room.database.write() as work:
        for name in LISTS:
            row = {
                "list_name": name,
                "word": "Gone",
                "others": "",
                "marked": False,
                "retired": True,
                "place": 0,
            }
            work.session.add(ListRow(**row, what="added", changed_at=work.now, changed_by="Administrator"))
    lists.reload()
    assert lists.emptied == tuple(spec.title for spec in LISTS.values())
    for name in LISTS:
        assert in_use(lists.now[name]) == in_use(shipped[name])
        assert words(lists.now[name])[-1] == "Gone", "what was filed under it still reads"
    vocabulary = Vocabulary(lambda: lists.now)
    assert vocabulary.police == before
    assert Vocabulary(lambda: {"incident_agencies": ()}).police
    with room.database.read() as session:
        faults, _ = check_lists(session, room.folder)
    assert len(faults) == len(LISTS)
    lists.add(room.administrator, NAME, ListLine("drone"), seen(lists, room))
    assert words(in_use(ListService(room.database, tmp_path / "again").now[NAME])) == (
        *words(in_use(shipped[NAME])),
        "drone",
    )
    assert LISTS[NAME].title not in lists.emptied


def test_a_record_under_a_retired_word_still_reads_and_one_on_its_way_is_still_saved(tmp_path):
    desk = make_desk(tmp_path)
    lists = ListService(desk.room.database, tmp_path)
    desk.log.vocabulary = Vocabulary(lambda: lists.now)
    entry = desk.write("seen", category="camera tour")
    lists.retire(desk.room.administrator, "log_categories", "camera tour", 0)
    assert desk.log.entry(desk.operator, entry.id).category == "camera tour"
    with pytest.raises(InvalidInput):
        desk.write("again", category="camera tour")
    # Accepted on a desk before it was retired, and written after.
    actor, now = desk.operator, desk.log.now()
    late = NewLogEntry("on its way", category="camera tour", occurred_at=now)
    item = OutboxItem(str(uuid.uuid4()), ItemKind.ENTRY, actor, now, now, away=False, entry=late)
    assert desk.log.entry(actor, OutboxWriter(desk.log).write(item).entry_id).category == "camera tour"
    desk.room.database.close()
