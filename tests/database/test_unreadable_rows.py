"""Rows of an old database that no program can read stop nobody's lists, and the check names them. Both engines."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from controlroom.app.pictures import picture_of
from controlroom.cameras.records import CameraLogin
from controlroom.database import readable_columns, rows
from controlroom.errors import Unavailable
from controlroom.incidents.records import IncidentFilter
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from tests.builders import FRIDAY_NIGHT
from tests.deployments.builders import CONTENT
from tests.deployments.builders import make_desk as make_jag_desk
from tests.engines import tamper
from tests.incidents.desk import make_desk


@pytest.fixture(autouse=True)
def told_anew():
    rows._tell.cache_clear()


@pytest.mark.both_engines
def test_an_incident_that_cannot_be_read_stops_nobody(tmp_path, engine_kind, caplog):
    desk = make_desk(tmp_path)
    odd, good = desk.open(), desk.open()
    tamper(tmp_path, f"UPDATE incidents SET state = 'xyz' WHERE id = {odd.id}")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            found = desk.incidents.incidents(desk.operator, IncidentFilter(), 20, None)
            assert [each.reference for each in found.records] == [good.reference]
    told = [each.message for each in caplog.records if each.name == rows.__name__]
    assert told == [
        f"a row is left out of lists, since the program cannot read it: incidents {odd.id}: its state is 'xyz'"
    ]
    assert sum(desk.incidents.counts(desk.operator).values()) == 1
    for key in (odd.id, odd.reference):
        with pytest.raises(Unavailable, match="its state is 'xyz'"):
            desk.incidents.incident(desk.operator, key)


@pytest.mark.both_engines
def test_rapid_deployment_goes_on_beside_rows_that_cannot_be_read(tmp_path, engine_kind):
    desk = make_jag_desk(tmp_path)
    bids, meetings, units = desk.services.bids, desk.services.meetings, desk.services.units
    odd, good = (bids.add(desk.coordinator, CONTENT) for _ in range(2))
    moved, kept = (
        desk.meeting(desk.today),
        desk.meeting(desk.today + (FRIDAY_NIGHT - FRIDAY_NIGHT.replace(day=1))),
    )
    gone, there = desk.unit("RDC-01"), desk.unit("RDC-02")
    tamper(
        tmp_path,
        f"UPDATE bids SET agencies = '[1,null]' WHERE id = {odd.id}",
        f"UPDATE jag_meetings SET state = 'closed' WHERE id = {moved.id}",
        f"UPDATE rdc_units SET state = 'xyz' WHERE id = {gone.id}",
        "INSERT INTO user_roles (user_id, role) VALUES (1, 'emperor')",
    )
    assert [each.id for each in bids.bids(desk.coordinator)] == [good.id]
    assert [each.id for each in meetings.meetings(desk.coordinator)] == [kept.id]
    assert [each.id for each in units.units(desk.coordinator)] == [there.id]
    assert desk.services.deployments.deployments(desk.coordinator) == []
    desk.services.alerts.raise_due()
    assert len(desk.room.accounts.accounts(desk.room.administrator)) == 5
    with desk.room.database.read() as session:
        said = sorted(readable_columns.unreadable(session, NOUNS))
    assert said == [
        f"bids {odd.id}: its agencies is '[1,null]'",
        f"jag_meetings {moved.id}: its state is 'closed'",
        f"rdc_units {gone.id}: its state is 'xyz'",
        "user_roles 1/emperor: its role is 'emperor'",
    ]


def test_no_file_is_named_by_a_number_that_leads_out_of_its_folder(tmp_path):
    outside, folder = tmp_path / "evidence.jpg", tmp_path / "run" / "pictures"
    outside.write_bytes(b"evidence")
    camera = SimpleNamespace(id=7, number="../../evidence")
    login = CameraLogin(7, "10.0.0.9", 80, "", "", main_stream="rtsp://10.0.0.9/")
    cameras: Any = SimpleNamespace(cameras=lambda _: [camera], logins=lambda _: {7: login})
    taken = []

    class Pool:
        """Saves where it is told to, and takes no picture."""

        def show(self, *_):
            """Nothing is shown."""

        close_tile = show

        def newest(self, *_):
            return 1

        def snapshot(self, _tile, path):
            taken.append(path)
            path.write_bytes(b"picture")
            return SimpleNamespace(result=lambda timeout=None: path)

    pool: Any = Pool()
    pool.open = pool.show  # a method of that name would hide Python's own
    nobody: Any = None
    path = picture_of(cameras, pool, folder, nobody, camera.number)
    assert taken == [path]
    assert path.resolve().parent == folder.resolve()
    kept = SnapshotStore(tmp_path / "snapshots").keep(path, FRIDAY_NIGHT, camera.number)
    assert "/" not in kept.path.rpartition("2026/11/20/")[2]
    assert outside.read_bytes() == b"evidence"
