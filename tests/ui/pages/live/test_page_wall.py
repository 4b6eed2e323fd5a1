"""The wall through the page: placing, enlarging, layouts, drag and drop, the list, actions on a tile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.errors import Unavailable
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.ui.pages.live.camera_list import Chip
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.pages.live.tile import CAMERA_MIME, TILE_MIME, Tile
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.window_state import WindowState
from controlroom.video.records import StreamFault, StreamState
from tests.builders import Room
from tests.log.writing import write_entry
from tests.ui.helpers import words_in
from tests.ui.pages.live.conftest import FIXED, WITHOUT_ADDRESS, LiveDesk

KEY = Qt.Key
LEFT_BUTTON = Qt.MouseButton.LeftButton


# -- by number -----------------------------------------------------------------------------------------------


def test_a_number_and_enter_put_a_camera_on_the_selected_tile(desk: LiveDesk):
    desk.page.wall.select(1)
    QTest.keyClicks(desk.wall, "75")
    assert desk.page.placing.isVisible()
    assert desk.page.placing.found == desk.camera("075")
    QTest.keyClick(desk.wall, KEY.Key_Return)
    assert desk.shown() == ["014", "075", "041", FIXED]
    assert not desk.page.placing.isVisible()


def test_housing_and_deployable_cameras_have_letters(desk: LiveDesk):
    for typed, tile in (("H3", 1), ("R4", 2)):
        desk.page.wall.select(tile)
        QTest.keyClicks(desk.wall, typed)
        QTest.keyClick(desk.wall, KEY.Key_Return)
    assert desk.shown() == ["014", "H03", "RDC-04", FIXED]


def test_escape_forgets_a_number(desk: LiveDesk):
    QTest.keyClicks(desk.wall, "75")
    QTest.keyClick(desk.wall, KEY.Key_Escape)
    assert desk.page.placing.typed == ""
    QTest.keyClick(desk.wall, KEY.Key_Return)
    assert desk.shown() == ["014", "015", "041", FIXED]


def test_a_number_that_no_camera_has_says_so_and_stays(desk: LiveDesk):
    QTest.keyClicks(desk.wall, "999")
    QTest.keyClick(desk.wall, KEY.Key_Return)
    assert desk.page.placing.isVisible()
    assert (
        "no such camera" in words_in(desk.page.placing).lower()
        or "no camera" in words_in(desk.page.placing).lower()
    )
    assert desk.shown() == ["014", "015", "041", FIXED]


def test_a_camera_on_the_wall_already_is_selected_where_it_stands(desk: LiveDesk):
    QTest.keyClicks(desk.wall, "41")
    QTest.keyClick(desk.wall, KEY.Key_Return)
    assert desk.shown() == ["014", "015", "041", FIXED]
    assert desk.page.wall.selected.index == 2


# -- enlarging -----------------------------------------------------------------------------------------------


def test_enter_enlarges_to_the_main_stream_and_escape_returns(desk: LiveDesk):
    QTest.keyClick(desk.wall, KEY.Key_Return)
    assert desk.page.wall.enlarged == 0
    assert set(desk.streams_of("014")) == {"main", "sub"}, (
        "the sub stream's picture stays until the main comes"
    )
    assert not desk.streams_of("015")["sub"].shown
    QTest.keyClick(desk.wall, KEY.Key_Escape)
    assert desk.page.wall.enlarged is None
    assert desk.shown() == ["014", "015", "041", FIXED]
    assert desk.streams_of("015")["sub"].shown


def test_a_double_click_enlarges_and_another_returns(desk: LiveDesk):
    QTest.mouseDClick(desk.tile(2), LEFT_BUTTON)
    assert desk.page.wall.enlarged == 2
    QTest.mouseDClick(desk.tile(2), LEFT_BUTTON)
    assert desk.page.wall.enlarged is None
    assert desk.shown() == ["014", "015", "041", FIXED]


def test_the_small_picture_stays_until_the_large_one_has_come(desk: LiveDesk):
    QTest.keyClick(desk.wall, KEY.Key_Return)
    assert desk.tile(0).words.has_picture
    desk.go_live()
    assert desk.page.wall.status_of(0).source_width == 1280
    picture = desk.tile(0).picture
    assert picture is not None
    assert picture.width > 640


def test_a_main_stream_that_never_comes_leaves_the_sub_stream(desk: LiveDesk):
    QTest.keyClick(desk.wall, KEY.Key_Return)
    desk.clock.advance(1.0)
    desk.pool.say(desk.key_of("014", "main"), StreamState.OFFLINE, "The camera sends nothing.")
    desk.pool.picture(desk.key_of("014", "sub"))
    desk.look()
    assert desk.tile(0).words.live


# -- layouts -------------------------------------------------------------------------------------------------


def test_layouts_remember_their_cameras(desk: LiveDesk):
    QTest.keyClick(desk.wall, KEY.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert desk.shown() == ["014"]
    QTest.keyClick(desk.wall, KEY.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert desk.shown() == ["014", "015", "041", FIXED, "", "", "", "", ""]
    QTest.keyClick(desk.wall, KEY.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert desk.page.wall.size_in_tiles == 16
    QTest.keyClick(desk.wall, KEY.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert desk.shown() == ["014", "015", "041", FIXED]


def test_the_next_start_shows_the_same_wall(desk: LiveDesk, desk_of: Callable[..., LiveDesk]):
    desk.page.left()
    desk.page.hide()
    again = desk_of(state=desk.state)
    assert again.shown() == ["014", "015", "041", FIXED]


def test_a_smaller_wall_closes_the_streams_that_fell_off(desk: LiveDesk):
    desk.page.arranging.set_size(1)
    assert not desk.streams_of("041")


def test_a_page_that_is_left_shows_nothing_and_comes_back(desk: LiveDesk):
    desk.page.left()
    assert not any(stream.shown for stream in desk.pool.streams.values())
    desk.page.entered()
    assert all(stream.shown for stream in desk.pool.streams.values())
    desk.settle()


# -- drag and drop -------------------------------------------------------------------------------------------


def drop(tile: Tile, kind: str, value: int) -> None:
    """Drop onto a tile as the window system does."""
    data = QMimeData()
    data.setData(kind, str(value).encode())
    place, action, none = tile.rect().center(), Qt.DropAction.MoveAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, action, data, LEFT_BUTTON, none)
    QApplication.sendEvent(tile, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(tile, QDropEvent(QPointF(place), action, data, LEFT_BUTTON, none))


def test_a_camera_dragged_from_the_list_goes_onto_the_tile(desk: LiveDesk):
    model = desk.page.list.model
    index = model.index(model.row_of(desk.camera("075").id))
    carried = bytes(model.mimeData([index]).data(CAMERA_MIME).data())
    drop(desk.tile(2), CAMERA_MIME, int(carried))
    assert desk.shown() == ["014", "015", "075", FIXED]
    assert desk.page.wall.selected.index == 2


def test_a_tile_dragged_onto_another_exchanges_them(desk: LiveDesk):
    drop(desk.tile(2), TILE_MIME, 0)
    assert desk.shown() == ["041", "015", "014", FIXED]
    desk.go_live()
    assert desk.tile(0).words.live
    assert desk.tile(2).words.live


# -- walking the tiles ---------------------------------------------------------------------------------------


def test_tab_walks_the_tiles_and_leaves_at_the_end(desk: LiveDesk):
    walked = []
    for _ in range(3):
        QTest.keyClick(desk.wall, KEY.Key_Tab)
        walked.append(desk.page.wall.selected.index)
    assert walked == [1, 2, 3]
    QTest.keyClick(desk.wall, KEY.Key_Tab)
    assert QApplication.focusWidget() is not desk.wall


def test_shift_tab_walks_back(desk: LiveDesk):
    desk.page.wall.select(2)
    QTest.keyClick(desk.wall, KEY.Key_Backtab)
    assert desk.page.wall.selected.index == 1


def test_delete_empties_the_tile(desk: LiveDesk):
    QTest.keyClick(desk.wall, KEY.Key_Delete)
    assert desk.shown() == ["", "015", "041", FIXED]
    assert not desk.streams_of("014")


# -- the list ------------------------------------------------------------------------------------------------


def listed(desk: LiveDesk) -> list[str]:
    model = desk.page.list.model
    rows = [str(model.index(row).data()) for row in range(model.rowCount())]
    return [row.split()[0] for row in rows if " · " not in row]


def test_searching_narrows_the_list_and_enter_places_the_first(desk: LiveDesk):
    search = desk.page.list.search
    desk.page.wall.select(3)
    search.setFocus()
    QTest.keyClicks(search, "norbury")
    desk.qtbot.waitUntil(lambda: listed(desk) == ["075"])
    QTest.keyClick(search, KEY.Key_Return)
    assert desk.shown() == ["014", "015", "041", "075"]


def test_the_list_says_when_nothing_is_found(desk: LiveDesk):
    search = desk.page.list.search
    QTest.keyClicks(search, "nowhere at all")
    desk.qtbot.waitUntil(lambda: listed(desk) == [])


def test_chips_narrow_to_live_faulty_and_deployable(desk: LiveDesk):
    desk.clock.advance(3.0)
    desk.pool.tick(without=frozenset({desk.key_of("015")}))
    desk.look()
    desk.qtbot.waitUntil(lambda: desk.page.list.model.counts()[Chip.FAULT] == 1)
    expected = {Chip.LIVE: ["014", FIXED, "041"], Chip.FAULT: ["015"], Chip.RDC: ["RDC-04"]}
    for chip, numbers in expected.items():
        desk.page.list.chips.choose(chip)
        assert listed(desk) == numbers
    desk.page.list.chips.choose(0)
    assert len(listed(desk)) == 9


def test_the_lists_selection_follows_the_wall(desk: LiveDesk):
    QTest.mouseClick(desk.tile(2), LEFT_BUTTON)
    assert str(desk.page.list.view.currentIndex().data()).startswith("041")


# -- what the tile says --------------------------------------------------------------------------------------


def test_a_picture_older_than_two_seconds_is_stalled_whatever_the_stream_claims(desk: LiveDesk):
    desk.clock.advance(2.1)
    desk.look()
    said = desk.tile(0).words
    assert (said.state, said.veiled) == ("warn", True)
    assert "stalled" in said.foot
    assert "22:41" in said.foot


def test_a_picture_older_than_ten_seconds_is_gone(desk: LiveDesk):
    desk.clock.advance(10.1)
    desk.pool.say(desk.key_of("014"), StreamState.OFFLINE, "No answer from the camera.", retry_in_s=9.0)
    desk.look()
    said = desk.tile(0).words
    assert (said.state, said.has_picture) == ("alarm", False)
    assert "014" in said.headline
    assert said.detail == "No answer from the camera."
    assert "retry in 9 s" in said.foot


def test_a_camera_that_comes_back_is_live_again(desk: LiveDesk):
    desk.clock.advance(30)
    desk.look()
    assert not desk.tile(0).words.live
    desk.go_live()
    assert desk.tile(0).words.live


def test_a_refused_login_says_that_it_is_not_tried_again_until_someone_does(desk: LiveDesk):
    key = desk.key_of("014")
    desk.pool.say(key, StreamState.REFUSED, "The camera refuses this password.")
    desk.look()
    said = desk.tile(0).words
    assert "not tried again" in said.foot
    assert not said.has_picture
    assert desk.pool.streams[key].retries == 0
    QTest.keySequence(desk.wall, QKeySequence(desk.page.live_actions.retry.keys))
    desk.qtbot.waitUntil(lambda: desk.pool.streams[key].retries == 1)


def test_another_certificate_is_looked_at_on_the_register_by_who_manages_cameras(desk: LiveDesk):
    key, wanted = desk.key_of("014"), []
    desk.page.record_wanted.connect(lambda kind, key: wanted.append((kind, key)))
    desk.pool.say(key, StreamState.REFUSED, "Another certificate.", fault=StreamFault.CERTIFICATE_CHANGED)
    desk.look()
    assert desk.tile(0).words.headline == "Camera 014 shows another certificate"
    trust = desk.page.live_actions.trust
    assert not trust.run()
    desk.session.sign_in(desk.room.supervisor)
    assert trust.run()
    assert wanted == [("camera's certificate", desk.camera("014").id)]


def test_a_camera_without_an_address_says_live_actions(desk: LiveDesk):
    desk.page.arranging.place(desk.camera(WITHOUT_ADDRESS).id)
    desk.look()
    said = desk.tile(0).words
    assert "address" in said.detail
    assert "Cameras" in said.detail
    assert said.state == "idle", "a camera that was never connected is no fault"


def test_screen_readers_are_told_camera_and_state(desk: LiveDesk):
    assert desk.tile(0).accessibleName() == "Tile 1, camera 014 George Street, station, live"
    desk.clock.advance(3)
    desk.look()
    assert "stalled 3 s" in desk.tile(0).accessibleName()
    for widget in (desk.page.wall, desk.page.list.view, desk.page.panel.pad, desk.page.panel.speed):
        assert widget.accessibleName()


# -- actions on a tile ---------------------------------------------------------------------------------------


def test_f2_asks_for_an_incident_with_camera_picture_and_time(desk: LiveDesk):
    with desk.qtbot.waitSignal(desk.page.incident_wanted) as asked:
        QTest.keyClick(desk.wall, KEY.Key_F2)
    camera_id, picture, when = asked.args or []
    assert camera_id == desk.camera("014").id
    assert isinstance(picture, Path)
    assert picture.read_bytes() == b"a picture"
    assert when == desk.room.clock.now()


def test_an_incident_is_opened_without_a_picture_when_none_can_be_had(desk: LiveDesk):
    desk.pool.snapshot_error = Unavailable("The picture process is being started again.")
    with desk.qtbot.waitSignal(desk.page.incident_wanted) as asked:
        QTest.keyClick(desk.wall, KEY.Key_F2)
    assert (asked.args or [])[:2] == [desk.camera("014").id, None]
    assert desk.messages.last is not None
    assert "picture" in desk.messages.last.text.lower()


def test_f3_keeps_a_snapshot_of_the_camera_that_was_selected_then(desk: LiveDesk):
    at = desk.room.clock.now()
    with desk.qtbot.waitSignal(desk.page.snapshot_taken) as taken:
        QTest.keyClick(desk.wall, KEY.Key_F3)
        desk.page.wall.select(1)
        desk.room.clock.advance(timedelta(seconds=5))
    camera_id, picture, when = taken.args or []
    assert (camera_id, when) == (desk.camera("014").id, at)
    assert Path(picture).exists()


def test_the_log_key_asks_for_a_log_entry_about_the_camera(desk: LiveDesk):
    with desk.qtbot.waitSignal(desk.page.log_wanted) as asked:
        QTest.keySequence(desk.wall, QKeySequence(desk.page.live_actions.entry.keys))
    assert asked.args == [desk.camera("014").id]


def test_the_newest_entries_are_beside_the_wall(desk: LiveDesk, log: LogService):
    entry = NewLogEntry("Two males running towards the arcade", camera_id=desk.camera("014").id)
    write_entry(log, desk.room.operator, entry)
    desk.qtbot.waitUntil(lambda: "014" in entry_words(desk.page))


def entry_words(page: LivePage) -> str:
    """What screen readers or labels say in the panel."""
    names = [each.accessibleName() for each in page.panel.findChildren(QWidget)]
    return "\n".join([words_in(page.panel), *names])


def test_an_auditor_is_not_offered_the_page(desk_of: Callable[..., LiveDesk], room: Room):
    desk = desk_of(room.auditor)
    assert not desk.session.may(Permission.WATCH_LIVE)
    assert desk.pool.streams == {}
    window = MainWindow(desk.session, desk.messages, [desk.page], state=WindowState())
    desk.qtbot.addWidget(window)
    assert window.offered() == []


def test_a_click_on_a_tile_gives_the_keys_back_to_the_wall(desk: LiveDesk):
    desk.page.list.search.setFocus()
    QTest.mouseClick(desk.tile(1), LEFT_BUTTON, pos=QPoint(20, 60))
    assert QApplication.focusWidget() is desk.wall


def test_a_rate_that_is_not_measured_yet_is_left_out(desk: LiveDesk):
    desk.fill("001")
    desk.go_live()
    assert desk.page.selected.stream_facts() == "640×360, 15 fps, 10 ms"
    stream = desk.streams_of("001")["sub"]
    stream.status = replace(stream.status, fps=0.0)
    desk.look()
    assert desk.page.selected.stream_facts() == "640×360, 10 ms"


def test_a_camera_that_is_taken_out_of_use_while_it_is_watched_is_named(desk: LiveDesk):
    camera = desk.camera("014")
    desk.room.cameras.retire(desk.room.supervisor, camera.id)
    desk.page.refresh()
    desk.settle()
    assert "014" not in desk.shown()
    told = [each.message.text for each in desk.messages.book.newest_first()]
    assert "Camera 014 was taken out of use: its tile is empty now." in told
