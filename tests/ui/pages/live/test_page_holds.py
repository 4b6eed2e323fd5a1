"""Who has control, on tiles and in the panel, and the two keys: take (or ask), give."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from controlroom.cameras.control.messages import HoldWord
from controlroom.cameras.holds.records import GuardKind, Hold, HoldNews, HoldsSeen, NoticeKind, Rank
from controlroom.cameras.records import NewCamera, Place, Protocol
from controlroom.ui.pages.live.control_panel import FREE, NO_ONVIF
from controlroom.ui.pages.live.hold_words import OURS
from tests.ui.pages.live.conftest import LiveDesk

KEY = Qt.Key


def see(desk: LiveDesk, *holds: Hold, ours: str = "", away: bool = False) -> None:
    desk.page.holds_seen.emit(HoldsSeen(holds, (ours,) if ours else (), away, guarded=True))
    desk.look()


def held(desk: LiveDesk, number: str = "014", name: str = "Operator 08", asked_by: str = "") -> Hold:
    return Hold(str(desk.camera(number).id), 3, "desk 2", name, Rank.OPERATOR, asked_by)


def said(desk: LiveDesk) -> list[object]:
    return [order[2] for order in desk.control.orders if order[0] == "say"]


def strip(desk: LiveDesk) -> str:
    return " ".join(each.message.text for each in desk.messages.book.newest_first() if not each.over)


def test_every_tile_names_who_has_control_and_our_own_says_so(desk: LiveDesk) -> None:
    see(desk, held(desk), held(desk, "015", "Operator 07"), ours=str(desk.camera("015").id))
    assert [desk.tile(place).note for place in range(3)] == ["Operator 08 has control", OURS, ""]
    assert desk.page.panel.hold.text() == "Operator 08 has control. K asks for it"
    see(desk)
    assert desk.tile(0).note == ""


def test_a_key_on_a_held_camera_says_why_it_does_nothing_and_k_asks(desk: LiveDesk) -> None:
    see(desk, held(desk))
    QTest.keyPress(desk.wall, KEY.Key_Right)
    desk.page.hold_news.emit(HoldNews(str(desk.camera("014").id), GuardKind.OTHERS, "Operator 08"))
    assert desk.page.panel.hold.text() == "Operator 08 has control: your keys do nothing. K asks for it"
    QTest.keyRelease(desk.wall, KEY.Key_Right)
    QTest.keyClick(desk.wall, KEY.Key_K)
    assert said(desk) == [HoldWord.ASK]
    assert desk.page.panel.hold.text() == "Operator 08 has control. You have asked for it"
    desk.page.hold_news.emit(HoldNews(str(desk.camera("014").id), GuardKind.COMING, "Operator 08"))
    assert desk.page.panel.hold.text() == "Operator 08 hands control over to you"
    see(desk, held(desk, name="Operator 07"), ours=str(desk.camera("014").id))
    assert desk.page.panel.hold.text() == "You have control"


def test_the_pad_stays_where_it_is_whoever_has_control(desk: LiveDesk) -> None:
    panel = desk.page.panel
    places = [panel.pad.mapTo(desk.page, panel.pad.rect().topLeft())]
    below = [panel.tools[1].mapTo(desk.page, panel.tools[1].rect().topLeft())]
    for ours, name in (("", "Operator 08"), (str(desk.camera("014").id), "Operator 07")):
        see(desk, held(desk, name=name), ours=ours)
        desk.settle()
        places.append(panel.pad.mapTo(desk.page, panel.pad.rect().topLeft()))
        below.append(panel.tools[1].mapTo(desk.page, panel.tools[1].rect().topLeft()))
    assert len(set(places)) == 1, "a held mouse would be on another part of it"
    assert len(set(below)) == 1


def test_a_supervisor_takes_over_with_the_same_key(desk_of: Callable[..., LiveDesk]) -> None:
    desk = desk_of()
    desk.session.sign_in(desk.room.supervisor)
    desk.settle()
    desk.page.arranging.set_size(4)
    desk.fill("014")
    see(desk, held(desk))
    assert "K takes it over" in desk.page.panel.hold.text()
    QTest.keyClick(desk.wall, KEY.Key_K)
    assert said(desk) == [HoldWord.TAKE]


def test_who_met_an_equal_there_once_takes_over_from_an_operator_all_the_same(desk: LiveDesk) -> None:
    desk.session.sign_in(desk.room.supervisor)
    desk.settle()
    desk.fill("014")
    equal = replace(held(desk, name="Supervisor 03"), rank=Rank.SUPERVISOR)
    see(desk, equal)
    desk.page.hold_news.emit(HoldNews(equal.camera_id, GuardKind.OTHERS, "Supervisor 03", may_take=False))
    assert "K asks for it" in desk.page.panel.hold.text()
    see(desk)
    see(desk, held(desk))
    assert "K takes it over" in desk.page.panel.hold.text()
    desk.page.hold_news.emit(HoldNews(equal.camera_id, GuardKind.OTHERS, "Operator 08", may_take=False))
    assert "K asks for it" in desk.page.panel.hold.text(), "the recorder knows us by a lower rank"


def test_the_loser_sees_at_once_who_has_it_and_its_held_key_is_let_go(desk: LiveDesk) -> None:
    camera_id = str(desk.camera("014").id)
    see(desk, held(desk, name="Operator 07"), ours=camera_id)
    QTest.keyPress(desk.wall, KEY.Key_Right)
    desk.page.hold_news.emit(HoldNews(camera_id, name="Supervisor 02", notice=NoticeKind.TAKEN))
    see(desk, held(desk, name="Supervisor 02"))
    assert desk.control.stops == [camera_id]
    assert "Supervisor 02 has taken control of camera 014." in strip(desk)
    assert desk.tile(0).note == "Supervisor 02 has control"
    QTest.keyRelease(desk.wall, KEY.Key_Right)


def test_the_holder_is_asked_and_g_gives_it_whichever_tile_is_selected(desk: LiveDesk) -> None:
    camera_id = str(desk.camera("015").id)
    see(desk, held(desk, "015", "Operator 07", asked_by="Operator 08"), ours=camera_id)
    assert "Operator 08 asks for control of camera 015." in strip(desk)
    assert desk.tile(1).note == "Operator 08 asks for it"
    QTest.keyClick(desk.wall, KEY.Key_G)
    assert ("say", camera_id, HoldWord.GIVE) in desk.control.orders


def test_a_question_that_is_over_is_off_the_screen(desk: LiveDesk) -> None:
    ours = str(desk.camera("014").id)
    for over in ((), (held(desk, name="Supervisor 02"),), (held(desk, name="Operator 07"),)):
        see(desk, held(desk, name="Operator 07", asked_by="Supervisor 02"), ours=ours)
        assert "asks for control of camera 014" in strip(desk)
        see(desk, *over, ours=ours if over and over[0].name == "Operator 07" else "")
        assert "asks for control" not in strip(desk)


def test_what_was_said_of_control_goes_with_it_and_with_the_person(desk: LiveDesk) -> None:
    camera_id = str(desk.camera("014").id)
    for back_to in ("free", "ours", "another person"):
        see(desk, held(desk, name="Operator 07"), ours=camera_id)
        desk.page.hold_news.emit(HoldNews(camera_id, name="Supervisor 02", notice=NoticeKind.TAKEN))
        see(desk, held(desk, name="Supervisor 02"))
        assert "has taken control" in strip(desk)
        if back_to == "another person":
            desk.session.sign_in(desk.room.supervisor)
        else:
            see(desk, *([held(desk, name="Operator 07")] if back_to == "ours" else []), ours=camera_id)
        assert "has taken control" not in strip(desk)


def test_without_the_recorder_the_last_known_holder_is_named_before_anybody_steers_anyway(
    desk: LiveDesk,
) -> None:
    see(desk, held(desk), away=True)
    QTest.keyPress(desk.wall, KEY.Key_Right)
    desk.page.hold_news.emit(HoldNews(str(desk.camera("014").id), GuardKind.UNGUARDED, "Operator 08"))
    QTest.keyRelease(desk.wall, KEY.Key_Right)
    line = "The recorder does not answer: Operator 08 had control last. K steers all the same"
    assert desk.page.panel.hold.text() == line
    QTest.keyClick(desk.wall, KEY.Key_K)
    assert said(desk) == [HoldWord.ANYWAY]
    camera_id = str(desk.camera("014").id)
    desk.page.holds_seen.emit(HoldsSeen((held(desk),), (), away=True, guarded=True, warned=(camera_id,)))
    desk.look()
    assert desk.tile(0).note == "you steer it, recorder silent"
    assert "until the recorder answers" in strip(desk)
    see(desk, held(desk))
    assert "until the recorder answers" not in strip(desk)
    notice = HoldNews(str(desk.camera("014").id), name="Operator 08", notice=NoticeKind.STEERED_MEANWHILE)
    desk.page.hold_news.emit(notice)
    assert "While the recorder did not answer, Operator 08 steered camera 014 too." in strip(desk)
    see(desk, held(desk, name="Operator 07"), ours=camera_id)
    assert "steered camera 014 too" in strip(desk), "it is told whoever has control now"
    desk.session.sign_in(desk.room.supervisor)
    assert "steered camera 014 too" not in strip(desk), "it was told to the one before"


def test_steer_anyway_is_offered_when_the_line_offers_it_and_not_once_it_was_said(desk: LiveDesk) -> None:
    camera_id, take = str(desk.camera("014").id), desk.page.live_actions.take
    see(desk, away=True)
    assert desk.page.panel.hold.text() == FREE, "a recorder that is only starting is in nobody's way"
    assert not take.offered()
    desk.page.hold_news.emit(HoldNews(camera_id, GuardKind.UNGUARDED))
    assert "K steers all the same" in desk.page.panel.hold.text()
    assert take.offered() and take.short == "Steer anyway"
    QTest.keyClick(desk.wall, KEY.Key_K)
    desk.page.holds_seen.emit(HoldsSeen(away=True, guarded=True, warned=(camera_id,)))
    assert "nobody else sees that you steer" in desk.page.panel.hold.text()
    assert not take.offered()


def test_a_question_that_somebody_else_was_first_with_is_not_said_to_be_ours(desk: LiveDesk) -> None:
    see(desk, held(desk))
    QTest.keyClick(desk.wall, KEY.Key_K)
    see(desk, held(desk, asked_by="Operator 09"))
    assert desk.page.panel.hold.text() == "Operator 08 has control. Operator 09 asks for it"
    see(desk, held(desk))
    assert desk.page.panel.hold.text() == "Operator 08 has control. K asks for it"


def test_a_room_without_a_recorder_is_as_it_was(desk: LiveDesk) -> None:
    QTest.keyPress(desk.wall, KEY.Key_Right)
    assert desk.tile(0).note == OURS
    assert desk.page.panel.hold.text() == "You have control"
    QTest.keyRelease(desk.wall, KEY.Key_Right)
    QTest.keyClick(desk.wall, KEY.Key_K)
    assert said(desk) == []


def test_a_camera_by_rtsp_only_has_its_picture_and_says_why_nothing_steers_it(desk: LiveDesk) -> None:
    supervisor, place = desk.room.supervisor, Place("Park Lane", "Town centre", "Fairfield")
    stream = "rtsp://10.0.0.9/2"
    new = NewCamera("H77", "Alder Court", place, protocol=Protocol.RTSP, main_stream=stream, has_ptz=True)
    desk.room.cameras.add(supervisor, new)
    desk.page.refresh()
    desk.settle()
    desk.fill("H77")
    assert desk.page.panel.hold.text() == NO_ONVIF
    assert not desk.page.panel.pad.isEnabled()
    assert stream in {each.address.url for each in desk.pool.streams.values()}
