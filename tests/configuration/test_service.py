"""Settings of the room: changed with permission, audited, shared, reset; each person's own beside them."""

from datetime import timedelta
from pathlib import Path

import pytest

from controlroom.app.room import open_services
from controlroom.audit import service as audit
from controlroom.configuration.commands import as_markdown
from controlroom.configuration.service import SettingsService
from controlroom.errors import InvalidInput, PermissionRefused, RuleBroken
from controlroom.settings import SETTINGS, SettingSource
from tests.builders import Room, make_room

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path)


def service(room: Room, environment: dict[str, str] | None = None) -> SettingsService:
    return SettingsService(room.database, room.folder, environment or {})


def line(of: SettingsService, name: str, actor=None):
    return next(each for each in of.lines(actor) if each.name == name)


def test_a_change_is_kept_and_says_where_it_comes_from(room: Room):
    service(room).change(room.administrator, "late_entry_minutes", "30")
    again = service(room)
    assert again.now.late_entry_minutes == 30
    assert line(again, "late_entry_minutes").source is SettingSource.ROOM


def test_a_change_is_audited_with_the_old_and_the_new_value(room: Room):
    settings = service(room)
    settings.change(room.administrator, "jag_name", "Joint Action Group")
    settings.reset(room.administrator, "jag_name")
    with room.database.read() as session:
        entries = [each for each in audit.newest(session, 10) if each.action == "setting.changed"]
    assert [(each.subject, each.actor) for each in entries] == [("jag_name", "Administrator")] * 2
    assert entries[1].detail == {"before": "Joint Agency Group", "after": "Joint Action Group"}


@pytest.mark.parametrize("who", ["operator", "supervisor", "coordinator", "auditor"])
def test_only_an_administrator_changes_the_room(room: Room, who: str):
    with pytest.raises(PermissionRefused):
        service(room).change(getattr(room, who), "site_name", "Mine")
    assert service(room).now.site_name == "Control room"


@pytest.mark.parametrize(("name", "value"), [("review_due_day", 0), ("site_name", ""), ("nothing", 1)])
def test_what_a_setting_may_not_be_is_refused(room: Room, name: str, value: object):
    with pytest.raises(InvalidInput):
        service(room).change(room.administrator, name, value)


def test_another_desk_hears_of_a_change_at_once(room: Room):
    here, there = service(room), service(room)
    heard: list[int] = []
    there.listen(lambda settings: heard.append(settings.late_entry_minutes))
    here.change(room.administrator, "late_entry_minutes", 20)
    assert heard == [15, 20]


def test_what_this_computers_file_says_is_left_alone_by_the_page(room: Room):
    (room.folder / "settings.toml").write_text("# ours\nreview_due_day = 45\n")
    settings = service(room)
    assert line(settings, "review_due_day").bound
    with pytest.raises(RuleBroken, match=r"settings\.toml"):
        settings.change(room.administrator, "review_due_day", 50)
    assert (room.folder / "settings.toml").read_text() == "# ours\nreview_due_day = 45\n"


def test_a_value_that_takes_hold_later_is_shown_as_waiting(room: Room):
    settings = service(room)
    settings.change(room.administrator, "review_due_day", 50)
    shown = line(settings, "review_due_day")
    assert (shown.value, shown.waiting) == (60, 50)
    assert line(service(room), "review_due_day").value == 50


def test_people_choose_their_own_looks_and_nobody_elses(room: Room):
    settings = service(room)
    settings.change(room.operator, "theme", "light")
    assert line(settings, "theme", room.operator).source is SettingSource.PERSON
    assert settings.for_person(room.operator)["theme"] == "light"
    assert settings.for_person(room.supervisor)["theme"] == "dark"
    settings.reset(room.operator, "theme")
    assert settings.for_person(room.operator)["theme"] == "dark"


def test_a_torn_personal_file_counts_as_nothing(room: Room):
    settings = service(room)
    settings.change(room.operator, "theme", "light")
    (room.folder / "people" / f"{room.operator.user_id}.json").write_text('{"theme": "li')
    assert settings.for_person(room.operator)["theme"] == "dark"


def test_what_applies_at_once_reaches_the_services(tmp_path: Path):
    with open_services(tmp_path) as services:
        administrator = services.accounts.add_first("duty", "Administrator", "three random words")
        services.configuration.change(administrator, "late_entry_minutes", 45)
        assert services.log.late_after == timedelta(minutes=45)


def test_the_documentation_is_not_stale():
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == as_markdown(), "run `controlroom settings --markdown > docs/settings.md`"
    assert all(f"`{name}`" in written for name in SETTINGS)
