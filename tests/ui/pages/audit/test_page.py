"""The audit trail over a real chain."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.audit.records import AuditFilter, Verification
from controlroom.audit.service import record as note_in_trail
from controlroom.audit.signing import AuditFiles, sign_head
from controlroom.errors import PermissionRefused
from controlroom.settings import Settings
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.pages.audit.page import AuditPage
from controlroom.ui.session import DeskSession
from tests.builders import Room
from tests.ui.helpers import page_context, settle, show


@pytest.fixture
def audit(qtbot: QtBot, room: Room, background: Background) -> AuditPage:
    room.add_camera("014")
    room.add_camera("015")
    page = AuditPage(page_context(DeskSession(room.auditor), background, room), AuditTrail(room.database))
    page.resize(1200, 600)
    qtbot.addWidget(page)
    for widget in page.top_bar_widgets():
        qtbot.addWidget(widget)
    show(qtbot, page)
    page.entered()
    settle(qtbot, background)
    return page


def subjects(page: AuditPage) -> list[str]:
    return [entry.subject for entry in page.table.shown_records()]


def test_the_newest_entry_comes_first(audit: AuditPage):
    assert subjects(audit) == ["015", "014"]


def test_an_entry_is_read_in_full_at_the_side(audit: AuditPage):
    audit.table.select(1)
    facts = dict(audit.facts.facts)
    assert audit.panel.isVisible()
    assert facts["Who"] == "Supervisor 02"
    assert (facts["Action"], facts["Name of it"]) == ("Camera added", "camera.added")
    assert facts["On"] == "camera 014"
    assert facts["Zone"] == "GMT"


def test_chips_narrow_the_trail_by_its_subject(audit: AuditPage, qtbot: QtBot):
    audit.list.chips.choose(1)
    qtbot.waitUntil(lambda: subjects(audit) == [])
    audit.list.chips.choose(2)
    qtbot.waitUntil(lambda: len(subjects(audit)) == 2)


def test_the_trail_is_narrowed_by_person_subject_and_words(
    audit: AuditPage, room: Room, qtbot: QtBot, background: Background
):
    with room.database.write() as work:
        note_in_trail(work, "Operator 07", "note", "incident", "INC-2026-00412", text="a green coat")
    audit.entered()
    settle(qtbot, background)
    audit.filters.person.value = "Operator 07"
    qtbot.waitUntil(lambda: subjects(audit) == ["INC-2026-00412"])
    audit.filters.clear()
    qtbot.waitUntil(lambda: len(subjects(audit)) == 3)
    qtbot.keyClicks(audit.filters.subject, "014")
    qtbot.waitUntil(lambda: subjects(audit) == ["014"])
    audit.filters.clear()
    audit.table.search.setText("green")
    audit.table.search.search_now()
    qtbot.waitUntil(lambda: subjects(audit) == ["INC-2026-00412"])


def test_older_entries_come_as_one_scrolls(
    audit: AuditPage, room: Room, qtbot: QtBot, background: Background, monkeypatch: pytest.MonkeyPatch
):
    with room.database.write() as work:
        for number in range(700):
            note_in_trail(work, "Operator 07", "note", "camera", number)
    audit.refresh()
    settle(qtbot, background)
    assert len(subjects(audit)) == 300
    bar = audit.table.view.verticalScrollBar()
    for wanted in (600, 702):
        bar.setValue(bar.maximum())
        qtbot.waitUntil(lambda wanted=wanted: len(subjects(audit)) == wanted)
    assert subjects(audit)[-1] == "014"


def test_a_signed_head_is_shown_with_its_fingerprint(
    audit: AuditPage, room: Room, qtbot: QtBot, background: Background
):
    head = sign_head(room.database, AuditFiles.of(room.folder, Settings()))
    assert head is not None
    audit.refresh()
    settle(qtbot, background)
    assert head.fingerprint in audit._signed.text()


def test_the_export_holds_all_that_is_asked_for(audit: AuditPage, room: Room, qtbot: QtBot, tmp_path: Path):
    with room.database.write() as work:
        for number in range(400):
            note_in_trail(work, "Operator 07", "note", "camera", number)
    audit.refresh()
    qtbot.waitUntil(lambda: len(subjects(audit)) == 300)
    with qtbot.waitSignal(audit.table.exported):
        audit.table.export_csv(tmp_path / "trail.csv")
    assert len((tmp_path / "trail.csv").read_text("utf-8-sig").splitlines()) == 403


def test_new_entries_appear_while_the_page_is_in_front(
    audit: AuditPage, room: Room, qtbot: QtBot, background: Background
):
    room.add_camera("016")
    qtbot.waitUntil(lambda: subjects(audit)[0] == "016")
    settle(qtbot, background)
    audit.left()
    heard: list[str] = []
    later = ChangeBridge(room.changes)  # hears of it after the page's own
    later.changed.connect(lambda kind, _key: heard.append(kind))
    room.add_camera("017")
    qtbot.waitUntil(lambda: "camera" in heard)
    settle(qtbot, background)
    assert subjects(audit)[0] == "016"
    later.close()


def test_verifying_says_that_the_chain_is_sound(audit: AuditPage, qtbot: QtBot, background: Background):
    audit.verify()
    settle(qtbot, background)
    assert audit._outcome.text == "2 entries, sound"
    assert audit._outcome.state == "live"


def test_what_to_know_of_a_sound_chain_stands_on_the_page_and_follows_nobody_to_another(
    audit: AuditPage, qtbot: QtBot, background: Background
):
    audit._take_outcome(Verification(2, notes=("records are covered since entry 1", "one more")))
    assert audit.list.notes == "Records are covered since entry 1.\nOne more."
    assert audit.context.messages.book.newest_first() == []
    audit.verify()
    settle(qtbot, background)
    assert audit.list.notes == ""


def test_only_those_whose_role_allows_it_read_the_trail(room: Room):
    trail = AuditTrail(room.database)
    with pytest.raises(PermissionRefused):
        trail.entries(room.operator, AuditFilter())
    with pytest.raises(PermissionRefused):
        trail.verify(room.operator)
