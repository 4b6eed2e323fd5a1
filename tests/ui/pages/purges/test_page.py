"""The purges' page: proposed by one, approved and carried out by another, with what it takes in sight."""

from datetime import UTC, date, datetime

import pytest
from pytestqt.qtbot import QtBot

from controlroom.audit import service as audit
from controlroom.care.purge_records import PurgeState
from controlroom.care.purging import PurgeService
from controlroom.log.snapshots import SnapshotStore
from controlroom.ui.background import Background
from controlroom.ui.pages.purges.page import PurgePage
from controlroom.ui.session import DeskSession
from tests.builders import Room
from tests.step_keys import step_keys_of
from tests.ui.helpers import page_context, settle, show


@pytest.fixture
def page(qtbot: QtBot, room: Room, background: Background) -> PurgePage:
    now, room.clock.at = room.clock.at, datetime(2019, 3, 1, tzinfo=UTC)
    with room.database.write() as work:
        audit.record(work, "Operator 07", "note", "camera", "014", text="a name")
    room.clock.at = now
    purges = PurgeService(room.database, SnapshotStore(room.folder / "snapshots"), step_keys_of(room))
    page = PurgePage(page_context(DeskSession(room.supervisor), background, room), purges)
    page.resize(1300, 700)
    qtbot.addWidget(page)
    for widget in page.top_bar_widgets():
        qtbot.addWidget(widget)
    show(qtbot, page)
    page.entered()
    settle(qtbot, background)
    return page


def answer(page: PurgePage, qtbot: QtBot, background: Background, **values: object) -> None:
    assert page.forms.form is not None
    for key, value in values.items():
        page.forms.form.fill(key, value)
    page.forms.form.submit()
    settle(qtbot, background)


def propose(page: PurgePage, qtbot: QtBot, background: Background) -> None:
    page.propose()
    answer(page, qtbot, background, before=date(2020, 1, 1), reason="retention policy 2026")
    answer(page, qtbot, background)


def test_a_purge_is_proposed_by_one_and_carried_out_by_another(
    page: PurgePage, room: Room, qtbot: QtBot, background: Background
):
    propose(page, qtbot, background)
    (purge,) = page.table.shown_records()
    assert (purge.state, purge.counted.numbers["audit_texts"]) == (PurgeState.PROPOSED, 1)
    page.table.select(purge.id)
    assert not page.approve.offered() and page.withdraw.offered()
    page.session.sign_in(room.administrator)
    settle(qtbot, background)
    page.table.select(purge.id)
    assert page.approve.offered() and page.decline.offered()
    page.approve.run()
    answer(page, qtbot, background)
    assert page.forms.form is not None  # not without saying that one has seen it
    answer(page, qtbot, background, sure=True)
    (purge,) = page.table.shown_records()
    assert (purge.state, purge.removed.numbers["audit_texts"]) == (PurgeState.DONE, 1)
    assert ("Decided" in dict(page.facts.facts)) and not page.approve.offered()


def test_a_day_within_the_retention_is_refused_where_it_was_typed(
    page: PurgePage, qtbot: QtBot, background: Background
):
    page.propose()
    answer(page, qtbot, background, before=date(2026, 1, 1), reason="too early")
    assert page.forms.form is not None and "is too late: not after" in page.forms.form.error


def test_the_one_who_proposed_may_withdraw(page: PurgePage, qtbot: QtBot, background: Background):
    propose(page, qtbot, background)
    page.table.select(page.table.shown_records()[0].id)
    page.withdraw.run()
    answer(page, qtbot, background)
    assert page.table.shown_records()[0].state is PurgeState.WITHDRAWN
