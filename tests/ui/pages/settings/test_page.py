"""The settings page over real settings, the doctor's findings, and a site key in trouble."""

from concurrent.futures import Future
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import DeviceFault, DeviceReport, FaultKind
from controlroom.cameras.keys.service import SiteKeyService
from controlroom.cameras.records import NewCamera, Place
from controlroom.configuration.list_service import ListService
from controlroom.configuration.lists import words
from controlroom.configuration.service import SettingsService
from controlroom.doctor.records import fail, ok, warn
from controlroom.settings import SETTINGS
from controlroom.site_key import for_room, seal_for_travel
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.form import FormCard
from controlroom.ui.messages import Messages
from controlroom.ui.pages.settings.page import DOCTOR, KEYS, LISTS, SettingsPage
from controlroom.ui.session import DeskSession
from tests.builders import Room
from tests.ui.helpers import done, failed, page_context, settle, show
from tests.ui.kit.key_clashes import clashes

CHECKS = [
    replace(ok("Place", "here"), family="Data folder"),
    replace(warn("Kept by", "nobody", "It drifts.", "Install chrony."), family="Time"),
    replace(fail("Site key", "missing", "No pictures.", "Import it."), family="Keys"),
]


class Prober(ControlClient):
    """Cameras that take one password and refuse every other."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def probe(self, address) -> "Future[DeviceReport]":
        self.tried.append(address.name)
        if address.password == "the right one":
            return done(DeviceReport())  # type: ignore[return-value]
        return failed(DeviceFault(FaultKind.NOT_AUTHORISED, "The camera refused the password."))  # type: ignore


class Made:
    """A page for one person."""

    def __init__(self, qtbot: QtBot, room: Room, background: Background, actor: Actor) -> None:
        self.qtbot, self.background = qtbot, background
        self.service = SettingsService(room.database, room.folder, {})
        self.lists = ListService(room.database, room.folder)
        self.messages, self.prober = Messages(), Prober()
        self.session = DeskSession(actor)
        self.bridge = ChangeBridge(room.changes)
        self.page = SettingsPage(
            page_context(self.session, background, room, messages=self.messages, changes=self.bridge),
            self.service,
            self.lists,
            SiteKeyService(room.database, room.site_key, room.folder / "site.key"),
            self.prober,
            lambda: CHECKS,
        )
        self.page.resize(1300, 700)
        qtbot.addWidget(self.page)
        show(qtbot, self.page)
        self.page.entered()
        self.settle()

    def settle(self) -> None:
        settle(self.qtbot, self.background)

    def form(self) -> FormCard:
        """The form of the chosen setting."""
        assert self.page.list.change.run()
        form = self.page.list.forms.form
        assert form is not None
        return form

    def choose(self, name: str) -> None:
        assert self.page.list.table.select(name)
        self.settle()


def test_every_setting_is_listed_with_its_value_and_source(qtbot: QtBot, room: Room, background: Background):
    made = Made(qtbot, room, background, room.administrator)
    lines = made.page.list.table.shown_records()
    assert {line.name for line in lines} == set(SETTINGS)
    words = [column.text(lines[0]) for column in made.page.list.table.model.columns]
    assert words[:3] == ["Site name", "Control room", "default"]


def test_an_administrator_changes_and_resets_a_setting(qtbot: QtBot, room: Room, background: Background):
    made = Made(qtbot, room, background, room.administrator)
    made.choose("late_entry_minutes")
    form = made.form()
    assert isinstance(form.input("value"), QSpinBox)
    form.fill("value", 30)
    form.submit()
    made.settle()
    assert made.service.now.late_entry_minutes == 30
    assert dict(made.page.list.view.facts.facts)["Comes from"] == "set for the room"
    assert made.page.list.reset.run()
    made.settle()
    assert made.service.now.late_entry_minutes == 15


def test_a_number_that_cannot_be_is_refused_as_it_was_typed(qtbot: QtBot, room: Room, background: Background):
    made = Made(qtbot, room, background, room.administrator)
    made.choose("late_entry_minutes")
    form = made.form()
    number = form.input("value")
    assert isinstance(number, QSpinBox)
    number.selectAll()
    qtbot.keyClicks(number, "99999")
    form.submit()
    made.settle()
    assert number.value() == 99999
    assert "late_entry_minutes" in form.error
    assert made.service.now.late_entry_minutes == 15


def test_a_value_that_cannot_be_is_refused_where_it_was_typed(
    qtbot: QtBot, room: Room, background: Background
):
    made = Made(qtbot, room, background, room.administrator)
    made.choose("site_name")
    form = made.form()
    form.fill("value", "   ")
    form.submit()
    made.settle()
    assert "site_name" in form.error
    assert made.page.list.forms.form is form
    assert made.service.now.site_name == "Control room"


def test_an_operator_reads_the_room_and_chooses_only_what_is_theirs(
    qtbot: QtBot, room: Room, background: Background
):
    made = Made(qtbot, room, background, room.operator)
    made.choose("late_entry_minutes")
    settings = made.page.list
    assert not settings.change.run()
    assert "Only an administrator" in settings.view.why_not.text
    made.choose("alarm_sound")
    assert settings.view.why_not.isHidden()
    form = made.form()
    form.fill("value", True)
    with qtbot.waitSignal(made.page.own_changed):
        form.submit()
    made.settle()
    assert made.service.for_person(room.operator)["alarm_sound"] is True
    assert not made.page.tabs.isVisible()


def test_what_this_computers_file_sets_says_where_to_change_it(
    qtbot: QtBot, room: Room, background: Background
):
    (room.folder / "settings.toml").write_text("late_entry_minutes = 20\n")
    made = Made(qtbot, room, background, room.administrator)
    made.choose("late_entry_minutes")
    assert "settings.toml" in made.page.list.view.why_not.text


def test_groups_and_words_narrow_the_list(qtbot: QtBot, room: Room, background: Background):
    made = Made(qtbot, room, background, room.administrator)
    made.page.list.chips.choose(2)
    assert {line.spec.group for line in made.page.list.table.shown_records()} == {"Looks"}


@pytest.mark.parametrize("tab", [0, DOCTOR, KEYS])
def test_every_tab_can_be_drawn_empty_too(qtbot: QtBot, room: Room, background: Background, tab: int):
    made = Made(qtbot, room, background, room.administrator)
    made.page.list.table.set_records([])
    made.page.tabs.choose(tab)
    made.settle()
    assert not made.page.grab().isNull()


def test_the_doctors_findings_come_worst_first_with_what_to_do(
    qtbot: QtBot, room: Room, background: Background
):
    made = Made(qtbot, room, background, room.administrator)
    made.page.tabs.choose(DOCTOR)
    with qtbot.waitSignal(made.page.doctor.examined):
        made.page.doctor.examine()
    made.settle()
    shown = made.page.doctor.table.shown_records()
    assert [check.verdict.value for check in shown] == ["fail", "warn", "ok"]
    assert made.page.doctor.outcome.text == "1 well, 1 to look at, 1 failed"
    made.page.doctor.table.select(("Keys", "Site key"))
    assert made.page.doctor.view.remedy.text() == "Import it."


@pytest.fixture
def lost(room: Room) -> str:
    """A camera whose password cannot be read any more; the exported key."""
    camera = NewCamera("014", "George Street", Place("", "", ""), "10.0.0.5", 80, "room", "s3cret-x")
    room.cameras.add(room.supervisor, camera)
    path = room.folder / "site.key"
    exported = seal_for_travel(path, "four words of travel")
    sealed = [room.site_key.seal("x")]
    path.unlink()
    room.site_key.take(for_room(path, sealed))
    return exported


def test_a_lost_key_comes_back_from_its_sealed_file(
    qtbot: QtBot, room: Room, background: Background, lost: str
):
    made = Made(qtbot, room, background, room.administrator)
    (room.folder / "key.sealed").write_text(lost)
    tab = made.page.site_key
    made.page.show_site_key()
    made.settle()
    assert made.page.tabs.index == KEYS
    assert "missing" in tab.standing.text
    form = tab.bring_back()
    form.fill("file", str(room.folder / "key.sealed"))
    form.fill("passphrase", "not that one at all")
    form.submit()
    made.settle()
    assert "passphrase" in form.error
    form.fill("passphrase", "four words of travel")
    form.submit()
    made.settle()
    assert room.site_key.trouble is None
    assert "opens every camera password" in tab.standing.text


def test_a_new_key_is_made_only_when_confirmed_and_passwords_are_tried_before_they_are_kept(
    qtbot: QtBot, room: Room, background: Background, lost: str
):
    made = Made(qtbot, room, background, room.administrator)
    tab = made.page.site_key
    made.page.tabs.choose(KEYS)
    made.settle()
    sure = tab.make_new()
    sure.submit()
    made.settle()
    assert not (room.folder / "site.key").exists()
    sure.fill("sure", True)
    sure.submit()
    made.settle()
    assert (room.folder / "site.key").exists()
    form = tab.enter_passwords()
    assert [camera.number for camera in form.values()["cameras"]] == ["014"]
    form.fill("password", "a wrong one")
    form.submit()
    made.settle()
    assert "014: The camera refused the password." in form.error
    assert [camera.number for camera in form.values()["cameras"]] == ["014"]
    form.fill("password", "the right one")
    form.submit()
    form.submit()  # a second press while the first is under way tries nobody twice
    made.settle()
    made.settle()
    assert tab.forms.form is None
    assert "opens every camera password" in tab.standing.text
    assert made.prober.tried == ["014", "014"]
    (login,) = room.cameras.logins(room.operator).values()
    assert login.password == "the right one"


def test_what_the_page_can_do_is_listed_once_and_leads_to_its_tab(
    qtbot: QtBot, room: Room, background: Background, lost: str
):
    made = Made(qtbot, room, background, room.administrator)
    actions = {each.keys: each for each in made.page.declared_actions()}
    assert clashes([made.page, *made.page.parts]) == []
    assert {"E", "Ctrl+R", "Ctrl+Shift+D", "Ctrl+B", "Ctrl+Shift+K"} <= set(actions)
    made.page.tabs.choose(KEYS)
    made.settle()
    made.page.tabs.choose(0)
    made.page.bring_forward(actions["Ctrl+B"])
    assert actions["Ctrl+B"].run()
    assert made.page.tabs.index == KEYS
    assert made.page.site_key.forms.form is not None


def test_a_setting_somebody_else_changed_meanwhile_says_so_in_its_form(
    qtbot: QtBot, room: Room, background: Background
):
    made = Made(qtbot, room, background, room.administrator)
    made.choose("late_entry_minutes")
    form = made.form()
    form.fill("value", 40)
    made.service.change(room.administrator, "late_entry_minutes", 20)
    qtbot.waitUntil(lambda: "meanwhile" in form.news)
    assert form.values()["value"] == 40


def test_a_password_that_was_typed_is_not_remembered_when_its_form_is_left(
    qtbot: QtBot, room: Room, background: Background, lost: str
):
    made = Made(qtbot, room, background, room.administrator)
    tab = made.page.site_key
    made.page.tabs.choose(KEYS)
    made.settle()
    form = tab.bring_back()
    form.fill("file", "key.sealed")
    form.fill("passphrase", "four words of travel")
    form.leave()
    assert tab.bring_back().values() == {"file": "key.sealed", "passphrase": ""}


def test_an_administrator_edits_a_list_and_everybody_sees_who_did(
    qtbot: QtBot, room: Room, background: Background
):
    made = Made(qtbot, room, background, room.administrator)
    tab = made.page.lists
    made.page.tabs.choose(LISTS)
    made.settle()
    assert [each.line.word for each in tab.table.shown_records()][:2] == ["robbery", "burglary"]
    assert tab.add.run()
    form = tab.forms.form
    assert form is not None
    form.fill("word", "burglary")
    form.submit()
    made.settle()
    assert "in the list already" in form.error
    form.fill("word", "drone")
    form.fill("others", "quadcopter, uav")
    form.submit()
    made.settle()
    assert words(made.lists.now["incident_categories"])[-1] == "drone"
    assert tab.table.select("incident_categories/drone")
    made.settle()
    facts = dict(tab.facts.facts)
    assert facts["Found by"] == "quadcopter, uav"
    assert "Administrator" in facts["Added"]
    assert tab.retire.run()
    made.settle()
    assert tab.table.select("incident_categories/drone")
    assert made.lists.now["incident_categories"][-1].retired
    assert tab.back.offered() and not tab.retire.offered()
    made.session.sign_in(room.supervisor)  # reads them, and changes nothing
    made.settle()
    made.page.tabs.choose(LISTS)
    made.settle()
    assert tab.table.shown_records()
    assert not tab.add.run()
