"""The drawn timeline: what stands on it, mouse and keys, colours on screen."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from controlroom.deployments.deployments.records import Standing
from controlroom.ui import theme


def bar_of(shown, place):
    for lane in shown.page.timeline.view.timeline.lanes:
        for bar in lane.bars:
            if bar.place == place:
                return bar
    raise AssertionError(place)


def point_in(shown, place):
    view = shown.page.timeline.view
    box = view.box_of(bar_of(shown, place).deployment_id)
    return QPoint(round(box.right() - 12), round(box.center().y()))


def test_ten_units_stand_on_it_in_the_colours_of_their_standing(shown):
    view = shown.page.timeline.view
    assert [lane.unit.asset for lane in view.timeline.lanes] == [
        f"RDC-{number:02d}" for number in range(1, 11)
    ]
    picture = view.viewport().grab().toImage()
    for place, state in (
        ("Lansdowne Road", "live"),
        ("Milton Road", "alarm"),
        ("College Green", "warn"),
        ("Broom Road", "planned"),
    ):
        box = view.box_of(bar_of(shown, place).deployment_id)
        found = QColor(picture.pixel(round(box.right()) - 14, round(box.bottom()) - 8))
        assert found == theme.fill(state), place


def test_today_and_the_meetings_are_drawn_as_lines(shown):
    view = shown.page.timeline.view
    picture = view.viewport().grab().toImage()
    row = view.viewport().height() - 3
    colours = {QColor(picture.pixel(x, row)).name() for x in range(view.viewport().width())}
    assert theme.color("accent").name() in colours
    assert len(view.timeline.meetings) == 5


def test_a_click_opens_the_record_with_what_can_be_done_now_and_escape_goes_back(shown):
    page = shown.page
    shown.qtbot.mouseClick(
        page.timeline.view.viewport(), Qt.MouseButton.LeftButton, pos=point_in(shown, "Milton Road")
    )
    shown.wait(lambda: page.timeline.panel.deployment is not None)
    panel = page.timeline.panel
    assert panel.deployment.place == "Milton Road"
    assert panel.deployment.standing is Standing.PAST_END
    assert panel.isVisible()
    assert panel.state_actions.button(panel.deployment.actions[0].action).kind == "primary"
    shown.qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert page.timeline.outlook.isVisible()
    assert page.timeline.view.selection is None


def test_arrow_keys_walk_through_bars_and_lanes(shown):
    view = shown.page.timeline.view
    seen = []
    view.selected.connect(seen.append)
    view.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down):
        shown.qtbot.keyClick(view, key)
    places = [
        next(bar.place for lane in view.timeline.lanes for bar in lane.bars if bar.deployment_id == each)
        for each in seen
    ]
    assert places == ["South End", "Lansdowne Road", "Milton Road", "Green Lane"]
    assert "Green Lane" in view.accessibleDescription()


def test_the_months_move_and_come_back_to_today(shown):
    tab = shown.page.timeline
    before = tab.window_days
    shown.qtbot.keyClick(tab.view, Qt.Key.Key_PageUp)
    shown.wait(lambda: tab.view.timeline.first < before[0])
    assert (tab.window_days[1] - tab.window_days[0]) == (before[1] - before[0])
    tab.set_span(12)
    shown.wait(lambda: (tab.view.timeline.last - tab.view.timeline.first).days > 340)
    assert "2026" in tab.window_button.text()
    tab.set_span(6)
    shown.wait(lambda: tab.view.timeline.first == before[0])


def test_it_fits_a_small_window_and_scrolls_to_what_is_chosen(shown):
    page = shown.page
    page.resize(1290, 480)
    view = page.timeline.view
    shown.wait(lambda: view.verticalScrollBar().maximum() > 0)
    last = view.timeline.lanes[-1].bars[-1]
    assert view.select(last.deployment_id)
    box = view.box_of(last.deployment_id)
    assert box.bottom() <= view.viewport().height()


def test_what_somebody_else_changes_appears_by_itself(shown):
    service, who = shown.services.deployments, shown.room.coordinator
    bar = bar_of(shown, "Lansdowne Road")
    service.suspend(who, bar.deployment_id, "No power")
    shown.wait(lambda: bar_of(shown, "Lansdowne Road").standing is Standing.SUSPENDED)
