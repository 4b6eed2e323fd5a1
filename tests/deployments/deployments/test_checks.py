"""DPIA, survey, signs and test picture: dated, in order, real, and able to fail later."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from sqlalchemy import text

from controlroom.database.file_values import NO_DAY
from controlroom.deployments.deployments.records import CheckKind, DeploymentState, Standing
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.units.records import UnitState
from controlroom.errors import ControlRoomError, InvalidInput, RuleBroken
from tests.deployments.builders import JPEG, days
from tests.engines import tamper

pytestmark = pytest.mark.both_engines
K = CheckKind


def write_png(file, width, height):
    """Write a picture of one grey, whatever the file's name says."""
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(90)
    assert image.save(f"{file}.png")
    return Path(f"{file}.png").replace(file)


def planned(desk):
    return desk.services.deployments.plan(desk.coordinator, desk.approved().id)


def test_an_installation_is_not_dated_before_its_survey_and_dpia(desk):
    deployment = desk.scheduled(desk.approved(), desk.unit())
    service = desk.services.deployments
    desk.go_to(desk.today + days(10))
    service.record_dpia(desk.coordinator, deployment.id, passed=True, reference="DPIA-2026-32")
    with pytest.raises(InvalidInput, match="cannot be before 30 Nov 2026"):
        service.install(desk.coordinator, deployment.id, on=date(2026, 11, 21))
    assert service.install(desk.coordinator, deployment.id).installed_on == date(2026, 11, 30)


@pytest.mark.parametrize("on", [date(1970, 1, 1), date(2025, 11, 1), date(2026, 11, 21)])
def test_a_check_from_long_ago_or_from_tomorrow_is_refused(desk, on):
    deployment, service = planned(desk), desk.services.deployments
    for record in (
        lambda: service.record_dpia(desk.coordinator, deployment.id, passed=True, reference="D-1", on=on),
        lambda: service.record_survey(desk.coordinator, deployment.id, column="LC 1", note="Good", on=on),
    ):
        with pytest.raises(InvalidInput):
            record()
    assert service.deployment(desk.coordinator, deployment.id).checks == ()


def test_signs_and_picture_come_after_what_they_rest_on(desk):
    deployment = desk.scheduled(desk.approved(), desk.unit())
    service = desk.services.deployments
    service.install(desk.coordinator, deployment.id)
    desk.go_to(desk.today + days(3))
    yesterday = date(2026, 11, 19)
    with pytest.raises(InvalidInput, match="cannot be before 20 Nov 2026"):
        service.record_signs(desk.coordinator, deployment.id, on=yesterday)
    with pytest.raises(InvalidInput, match="cannot be before 20 Nov 2026"):
        service.record_test_image(desk.coordinator, deployment.id, desk.picture(), on=yesterday)


@pytest.mark.parametrize("kind", list(CheckKind))
def test_a_check_that_fails_later_suspends_and_holds_until_it_has_passed(desk, kind):
    unit = desk.unit()
    live = desk.live(unit)
    service, who = desk.services.deployments, desk.coordinator
    desk.go_to(desk.today + days(10))
    failed = service.record_failed_check(who, live.id, kind, "Flats overlooked")
    assert (failed.state, failed.standing) == (DeploymentState.SUSPENDED, Standing.SUSPENDED)
    assert "Flats overlooked" in failed.reason
    assert desk.services.units.units(who)[0].state is UnitState.INSTALLED
    assert [check.kind for check in failed.failed] == [kind]
    with pytest.raises(RuleBroken, match="failed on 30 Nov 2026"):
        service.resume(who, live.id)
    again = {
        K.SURVEY: lambda: service.record_survey(who, live.id, column="LC 14", note="Good"),
        K.DPIA: lambda: service.record_dpia(who, live.id, passed=True, reference="DPIA-2"),
        K.SIGNS: lambda: service.record_signs(who, live.id),
        K.PICTURE: lambda: service.record_test_image(who, live.id, desk.picture()),
    }
    again[kind]()
    resumed = service.resume(who, live.id)
    assert (resumed.state, resumed.ends_on) == (DeploymentState.LIVE, live.ends_on)
    assert [check.passed for check in resumed.checks if check.kind is kind] == [True, False, True]


def test_a_dpia_that_fails_before_going_live_keeps_the_camera_from_it(desk):
    deployment = desk.scheduled(desk.approved(), desk.unit())
    service, who = desk.services.deployments, desk.coordinator
    service.install(who, deployment.id)
    service.record_dpia(who, deployment.id, passed=False, reference="DPIA-9", note="A school opposite")
    service.record_signs(who, deployment.id)
    service.record_test_image(who, deployment.id, desk.picture())
    with pytest.raises(RuleBroken, match="a passed DPIA is missing"):
        service.go_live(who, deployment.id)


def test_the_database_lets_no_camera_go_on_with_a_failed_check(desk):
    live = desk.live(desk.unit())
    desk.services.deployments.record_failed_check(desk.coordinator, live.id, K.DPIA, "Flats overlooked")
    with pytest.raises(ControlRoomError), desk.room.database.write() as work:
        work.session.execute(text(f"UPDATE deployments SET state = 'live' WHERE id = {live.id}"))


@pytest.mark.parametrize(
    "verb", ["UPDATE deployment_checks SET done_on = '1970-01-01'", "DELETE FROM deployment_checks"]
)
def test_recorded_checks_are_never_changed(desk, verb):
    desk.live(desk.unit())
    with pytest.raises(ControlRoomError), desk.room.database.write() as work:
        work.session.execute(text(verb))


def test_the_database_refuses_an_installation_before_its_dpia(desk):
    deployment = desk.scheduled(desk.approved(), desk.unit())
    with pytest.raises(ControlRoomError), desk.room.database.write() as work:
        work.session.execute(
            text(f"UPDATE deployments SET installed_on = '2026-11-01' WHERE id = {deployment.id}")
        )


def test_a_test_picture_is_a_picture_kept_with_its_hash(desk):
    deployment = desk.scheduled(desk.approved(), desk.unit())
    service, who = desk.services.deployments, desk.coordinator
    service.install(who, deployment.id)
    words = desk.room.folder / "words.jpg"
    words.write_text("RDC-01 looks fine")
    for no_picture in (desk.room.folder / "nothing.jpg", words):
        with pytest.raises(InvalidInput):
            service.record_test_image(who, deployment.id, no_picture)
    taken = service.record_test_image(who, deployment.id, desk.picture()).newest(K.PICTURE)
    assert taken.picture_sha256
    assert service.picture(who, deployment.id).read_bytes() == JPEG
    with pytest.raises(InvalidInput, match="belongs to a record already"):
        service.record_test_image(who, deployment.id, service.picture(who, deployment.id))


@pytest.mark.no_qt_log
@pytest.mark.parametrize("tail", [b"", b"<html><script>alert(1)</script>", JPEG[3:120]])
def test_what_only_begins_as_a_picture_is_none(desk, tail):
    deployment = desk.scheduled(desk.approved(), desk.unit())
    desk.services.deployments.install(desk.coordinator, deployment.id)
    begun = desk.room.folder / "view.jpg"
    begun.write_bytes(JPEG[:3] + tail)
    with pytest.raises(InvalidInput):
        desk.services.deployments.record_test_image(desk.coordinator, deployment.id, begun)
    assert not [each for each in (desk.room.folder / "snapshots").rglob("*") if each.is_file()]


def test_a_picture_is_kept_under_the_suffix_of_what_it_is(desk):
    deployment = desk.scheduled(desk.approved(), desk.unit())
    desk.services.deployments.install(desk.coordinator, deployment.id)
    for name, suffix in (("view.html", ".jpg"), ("view.jpg", ".png"), ("view", ".jpg")):
        file = desk.room.folder / name
        if suffix == ".png":
            write_png(file, 96, 64)
        else:
            file.write_bytes(JPEG)
        desk.services.deployments.record_test_image(desk.coordinator, deployment.id, file)
        kept = desk.services.deployments.picture(desk.coordinator, deployment.id)
        assert kept.suffix == suffix


@pytest.mark.parametrize("size", [(96, 1), (9000, 64)])
def test_a_picture_of_no_usual_size_is_refused(desk, size):
    deployment = desk.scheduled(desk.approved(), desk.unit())
    desk.services.deployments.install(desk.coordinator, deployment.id)
    file = write_png(desk.room.folder / "view.png", *size)
    with pytest.raises(InvalidInput, match="pixels"):
        desk.services.deployments.record_test_image(desk.coordinator, deployment.id, file)


def test_a_changed_or_missing_test_picture_is_named_by_the_nightly_look(desk):
    live = desk.live(desk.unit())
    kept = desk.services.deployments.picture(desk.coordinator, live.id)
    assert check_pictures(desk) == []
    kept.write_bytes(JPEG + b"!")
    assert "was changed" in check_pictures(desk)[0]
    kept.unlink()
    assert "is missing" in check_pictures(desk)[0]


def check_pictures(desk):
    looks = {each.what: each.look for noun in desk.room.database.nouns for each in noun.checks}
    with desk.room.database.read() as session:
        return looks["test pictures"](session, desk.room.folder)[0]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2023, 11, 19), date(2029, 11, 21), date(9999, 12, 31)])
def test_a_day_years_away_is_refused_by_name_wherever_one_is_asked_for(desk, day):
    service, meetings, who = desk.services.deployments, desk.services.meetings, desk.coordinator
    live, unit = desk.live(desk.unit()), desk.unit("RDC-02")
    place = desk.surveyed(desk.approved("Broom Road"))
    here = desk.services.meetings.meetings(who)[0]
    tries = {
        "meeting": lambda: desk.meeting(day),
        "meetings": lambda: meetings.plan_ahead(who, day, "10:00", "Town hall", week=4, weekday=3),
        "moved": lambda: meetings.move(who, here.id, day, "10:00", "Town hall"),
        "scheduled": lambda: service.schedule(who, place.id, unit.id, day),
        "surveyed": lambda: service.record_survey(who, place.id, column="LC 1", note="Good.", on=day),
        "assessed": lambda: service.record_dpia(who, place.id, passed=True, reference="D", on=day),
        "removed": lambda: service.order_removal(who, live.id, "Enough.", by=day),
        "extended": lambda: meetings.record_extension(
            who, here.id, live.id, Outcome.ENDED, reason="Enough.", by=day
        ),
    }
    for name, attempt in tries.items():
        with pytest.raises(InvalidInput) as refused:
            attempt()
        assert name in ("surveyed", "assessed") or str(day.year) in str(refused.value), name


def test_what_is_entered_later_still_reads_when_a_meeting_lies_at_the_end_of_time(desk):
    """An installed room may hold such a meeting from before it was refused."""
    desk.live(desk.unit())
    meeting = desk.meeting(desk.today + days(60))
    tamper(desk.room.folder, f"UPDATE jag_meetings SET day = '9999-12-31' WHERE id = {meeting.id}")
    agenda = desk.services.meetings.agenda(desk.coordinator, meeting.id)
    # In a file it reads as the day that no row may hold: the last year of all is none that the program writes.
    assert agenda.meeting.day in (date(9999, 12, 31), NO_DAY)
    desk.services.meetings.cancel(desk.coordinator, meeting.id, "A slip of the hand.")
