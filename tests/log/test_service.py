"""Writing, adding to, finding and paging log entries."""

from datetime import UTC, datetime, timedelta

import pytest

from controlroom.audit import service as audit
from controlroom.errors import InvalidInput, NotFound, PermissionRefused, Unavailable
from controlroom.log.records import TEXT_MISSING, LogFilter, NewLogEntry
from tests.builders import FRIDAY_NIGHT
from tests.engines import tamper
from tests.log.writing import write_addendum, write_entry

pytestmark = pytest.mark.both_engines


def texts(part):
    return [entry.text for entry in part.records]


def test_an_entry_keeps_time_camera_number_place_and_author(desk):
    entry = desk.write(camera_id=desk.camera.id, category="robbery", source="Airwave")
    assert entry.occurred_at == entry.recorded_at == FRIDAY_NIGHT
    assert (entry.author, entry.camera_number, entry.place) == ("Operator 07", "014", "George Street")
    assert (entry.category, entry.source, entry.late) == ("robbery", "Airwave", False)


def test_the_camera_number_stays_when_the_camera_is_retired(desk):
    entry = desk.write(camera_id=desk.camera.id)
    desk.room.cameras.retire(desk.supervisor, desk.camera.id)
    assert desk.log.entry(desk.operator, entry.id).camera_number == "014"


def test_a_time_set_before_saving_is_kept_beside_the_time_of_writing(desk):
    entry = desk.write(occurred_at=FRIDAY_NIGHT - timedelta(minutes=5))
    assert entry.late_by == timedelta(minutes=5)
    assert not entry.late


def test_an_entry_written_long_after_the_event_is_marked_late(desk):
    entry = desk.write(occurred_at=FRIDAY_NIGHT - timedelta(minutes=40))
    assert entry.late
    assert desk.log.entries(desk.operator, LogFilter(late_only=True)).records == (entry,)


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(days=-400)])
def test_a_time_that_cannot_be_meant_is_refused(desk, off):
    with pytest.raises(InvalidInput):
        desk.write(occurred_at=FRIDAY_NIGHT + off)


def test_a_clock_a_few_seconds_ahead_does_not_lose_the_entry(desk):
    assert desk.write(occurred_at=FRIDAY_NIGHT + timedelta(seconds=20)).occurred_at == FRIDAY_NIGHT


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "  "},
        {"category": "gossip"},
        {"source": "the pub"},
        {"cad": "next tuesday"},
        {"text": "x" * 4001},
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(desk, wrong):
    with pytest.raises(InvalidInput):
        write_entry(desk.log, desk.operator, NewLogEntry(**{"text": "Group of five outside"} | wrong))
    assert desk.log.entries(desk.operator).records == ()


def test_an_unknown_camera_is_refused(desk):
    with pytest.raises(NotFound):
        desk.write(camera_id=999)


def test_reading_and_writing_need_permission(desk):
    with pytest.raises(PermissionRefused):
        write_entry(desk.log, desk.room.auditor, NewLogEntry("a word"))
    with pytest.raises(PermissionRefused):
        desk.log.entries(desk.room.administrator)
    assert desk.log.entries(desk.room.auditor).records == ()


def test_a_bare_cad_number_means_the_job_of_that_day(desk):
    assert desk.write(cad="4417").cad == "4417/20NOV"
    assert desk.write(cad="cad 4417 12 mar").cad == "4417/12MAR"


def test_a_cad_written_in_the_text_is_filed(desk):
    assert desk.write("Met Control: look-out, male in red, CAD 4417/20nov").cad == "4417/20NOV"


def test_an_addendum_says_who_when_and_why_and_the_entry_stays(desk):
    entry = desk.write("Van outside number nine")
    desk.room.clock.advance(timedelta(minutes=3))
    addendum = write_addendum(desk.log, desk.supervisor, entry.id, "wrong street", "It was Surrey Street")
    assert (addendum.author, addendum.reason) == ("Supervisor 02", "wrong street")
    assert addendum.written_at == FRIDAY_NIGHT + timedelta(minutes=3)
    again = desk.log.entry(desk.operator, entry.id)
    assert again.text == "Van outside number nine"
    assert again.addenda == (addendum,)


@pytest.mark.parametrize(("reason", "text"), [("ok", "It was Surrey Street"), ("wrong street", " ")])
def test_an_addendum_without_reason_or_words_is_refused(desk, reason, text):
    entry = desk.write()
    with pytest.raises(InvalidInput):
        write_addendum(desk.log, desk.operator, entry.id, reason, text)


def test_words_are_found_in_any_case_and_in_addenda_too(desk):
    first = desk.write("Group outside the CAFÉ", camera_id=desk.camera.id)
    second = desk.write("Quiet")
    write_addendum(desk.log, desk.operator, second.id, "forgot", "One moped passed")
    assert desk.log.search(desk.operator, "cafe george").records == (first,)
    assert [entry.id for entry in desk.log.search(desk.operator, "MOPED").records] == [second.id]
    assert desk.log.search(desk.operator, "cafe moped").records == ()


def test_signs_that_mean_something_to_the_database_are_searched_as_they_stand(desk):
    desk.write("Battery at 50% said the contractor")
    assert len(desk.log.search(desk.operator, "50%").records) == 1
    assert len(desk.log.search(desk.operator, "5_%").records) == 0
    assert len(desk.log.search(desk.operator, "%").records) == 1


def test_a_cad_is_found_however_it_is_typed(desk):
    entry = desk.write(cad="4417/12MAR")
    desk.write(cad="4418/12MAR")
    assert desk.write("Male detained, CAD 1234/30NOV26").cad == "1234/30NOV"
    for typed in ("4417/12MAR", "cad 4417/12mar", "04417/12Mar"):
        assert desk.log.search(desk.operator, typed).records == (entry,)
    assert len(desk.log.search(desk.operator, "441").records) == 2


def test_filters_narrow_by_time_camera_category_and_author(desk):
    early = desk.write("early", occurred_at=FRIDAY_NIGHT - timedelta(hours=2), category="look-out")
    there = desk.write("there", camera_id=desk.camera.id)
    theirs = write_entry(desk.log, desk.supervisor, NewLogEntry("theirs"))

    def found(**fields):
        return {entry.id for entry in desk.log.entries(desk.operator, LogFilter(**fields)).records}

    assert found(until=FRIDAY_NIGHT - timedelta(hours=1)) == {early.id}
    assert found(since=FRIDAY_NIGHT) == {there.id, theirs.id}
    assert found(camera_number="014") == {there.id}
    assert found(category="look-out") == {early.id}
    assert found(author="Supervisor 02") == {theirs.id}


def test_pages_follow_one_another_without_gap_or_repeat_even_within_one_moment(desk):
    for number in range(25):
        desk.write(f"entry {number}")
    got, after = [], None
    while True:
        part = desk.log.entries(desk.operator, limit=10, after=after)
        got += texts(part)
        if part.next is None:
            break
        after = part.next
    assert got == [f"entry {number}" for number in reversed(range(25))]


def test_the_hour_that_happens_twice_keeps_its_order(desk):
    desk.room.clock.at = datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    bst, gmt = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    desk.write("second half past one", occurred_at=gmt)
    desk.write("first half past one", occurred_at=bst)
    assert texts(desk.log.entries(desk.operator)) == ["second half past one", "first half past one"]


def test_a_snapshot_is_kept_with_its_hash(desk, tmp_path):
    picture = tmp_path / "tile.jpg"
    picture.write_bytes(b"a picture")
    entry = desk.write(snapshot=picture)
    assert entry.snapshot is not None
    assert desk.log.picture(desk.operator, entry.snapshot).read_bytes() == b"a picture"
    assert entry.snapshot.path.startswith("2026/11/20/224107-")
    assert desk.log.snapshots.is_unchanged(entry.snapshot)
    desk.log.picture(desk.operator, entry.snapshot).write_bytes(b"another picture")
    assert not desk.log.snapshots.is_unchanged(entry.snapshot)


def test_a_snapshot_that_is_missing_stops_the_entry_with_what_to_do(desk, tmp_path):
    with pytest.raises(Unavailable, match="without the picture"):
        desk.write(snapshot=tmp_path / "gone.jpg")
    assert desk.log.entries(desk.operator).records == ()


def test_the_picture_of_a_refused_entry_is_not_left_behind(desk, tmp_path):
    picture = tmp_path / "tile.jpg"
    picture.write_bytes(b"a picture")
    with pytest.raises(InvalidInput):
        desk.write(text=" ", snapshot=picture)
    assert [path for path in desk.log.snapshots.folder.rglob("*") if path.is_file()] == []


def test_the_chain_holds_the_hash_of_the_words_and_never_the_words(desk):
    entry = desk.write("Male in a red jacket", camera_id=desk.camera.id)
    write_addendum(desk.log, desk.operator, entry.id, "more seen", "He carries a grey bag")
    with desk.room.database.read() as session:
        about = audit.entries_about(session, "log", str(entry.id))
        assert [each.action for each in about] == ["log.written", "log.addendum"]
        assert all(len(str(each.detail["text_hash"])) == 64 for each in about)
        assert about[0].detail["camera"] == "014"
        assert "red jacket" not in str(about)
        assert "grey bag" not in str(about)
        assert audit.verify(session).sound


def test_an_entry_whose_words_are_gone_without_a_purge_says_so_and_the_chain_still_verifies(desk):
    entry = desk.write("Male in a red jacket")
    tamper(desk.room.folder, "DELETE FROM log_texts")
    assert "no purge took it" in TEXT_MISSING
    assert desk.log.entry(desk.operator, entry.id).text == TEXT_MISSING
    with desk.room.database.read() as session:
        assert audit.verify(session).sound


def test_news_of_an_entry_is_told_after_it_is_saved(desk):
    heard = []
    desk.room.changes.listen(heard.append)
    entry = desk.write()
    assert [(change.kind, change.key) for change in heard] == [("log", str(entry.id))]


def test_an_export_takes_all_that_passes_the_filter_and_is_noted(desk):
    desk.write("one", category="look-out")
    desk.write("two")
    taken = desk.log.export(desk.supervisor, LogFilter(category="look-out"))
    assert [entry.text for entry in taken] == ["one"]
    with desk.room.database.read() as session:
        newest = audit.newest(session)[0]
    assert (newest.actor, newest.action, newest.detail) == ("Supervisor 02", "log.exported", {"entries": 1})
    with pytest.raises(PermissionRefused):
        desk.log.export(desk.operator, LogFilter())


def test_a_list_can_begin_with_the_oldest(desk):
    for number in range(5):
        desk.write(f"entry {number}")
    wanted = LogFilter(oldest_first=True)
    first = desk.log.entries(desk.operator, wanted, limit=3)
    rest = desk.log.entries(desk.operator, wanted, limit=3, after=first.next)
    assert texts(first) + texts(rest) == [f"entry {number}" for number in range(5)]


def test_authors_and_cameras_are_offered_for_choosing(desk):
    desk.write()
    write_entry(desk.log, desk.supervisor, NewLogEntry("theirs"))
    assert desk.log.authors(desk.room.auditor) == ["Operator 07", "Supervisor 02"]
    assert [camera.number for camera in desk.log.cameras(desk.operator)] == ["014"]
