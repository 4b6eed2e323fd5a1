"""Who had control of which camera: counted, and shown to those who read the audit; to nobody else, by no way."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from controlroom.accounts.records import Role
from controlroom.cameras.holds.rules import Ending
from controlroom.cli import main
from controlroom.errors import NotFound, PermissionRefused
from controlroom.recording.hold_history import HoldHistory
from controlroom.recording.tables import CameraHoldRow
from tests.builders import FRIDAY_NIGHT, PASSWORD, Room, make_room
from tests.engines import database_url


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = make_room(tmp_path)
    yield room
    room.database.close()


def count(room: Room, camera_id: int, *, minutes: int, moves: int, ending: Ending = Ending.RELEASED) -> None:
    """A hold of the operator that is over, so many minutes after ten in the evening."""
    began = FRIDAY_NIGHT + timedelta(minutes=minutes)
    row = CameraHoldRow(
        camera_id=camera_id,
        user_id=room.operator.user_id,
        handle=room.operator.handle,
        desk="desk 1",
        began_at=began,
        ended_at=began + timedelta(seconds=90),
        moves=moves,
        ending=ending.value,
    )
    with room.database.write() as work:
        work.session.add(row)


def refused_by_the_database(room: Room, statement: str) -> None:
    said = "movements below zero, or an end before its beginning"
    with (
        pytest.raises(DBAPIError, match=f"{said}|permission denied" if "UPDATE" in statement else said),
        room.database.engine.begin() as connection,
    ):
        connection.exec_driver_sql(statement)


@pytest.mark.both_engines
def test_the_latest_come_first_by_camera_by_number_and_by_person(room: Room) -> None:
    first, second = room.add_camera("014", "George Street").id, room.add_camera("015", "North End").id
    for minutes, camera in enumerate((first, second, first)):
        count(room, camera, minutes=minutes, moves=minutes, ending=Ending.TAKEN)
    history = HoldHistory(room.database)
    for actor in (room.supervisor, room.administrator, room.auditor):
        assert [each.moves for each in history.of_camera(actor, first)] == [2, 0]
    assert history.of_number(room.auditor, "14"), "as everywhere, without what people leave out"
    newest = history.of_number(room.auditor, " 014 ")[0]
    assert (newest.camera, newest.handle, newest.desk) == ("014", "Operator 07", "desk 1")
    assert (newest.ending, newest.moves_words) == (Ending.TAKEN, "2 movements")
    of_person = history.of_person(room.auditor, room.operator.user_id, 2)
    assert [(each.camera, each.moves) for each in of_person] == [("014", 2), ("015", 1)]
    assert history.of_person(room.auditor, room.auditor.user_id) == []
    at = "'2026-11-27 22:00:00'", "'2026-11-27 21:59:59'"
    for changed in ("moves = -5", f"began_at = {at[0]}, ended_at = {at[1]}"):
        refused_by_the_database(room, f"UPDATE camera_holds SET {changed} WHERE moves = 2")
    for moves, ended in ((-5, at[0]), (5, at[1])):
        refused_by_the_database(
            room,
            "INSERT INTO camera_holds (camera_id, handle, desk, began_at, ended_at, moves, ending) "
            f"VALUES ({first}, 'x', 'd', {at[0]}, {ended}, {moves}, 'idle')",
        )
    room.cameras.retire(room.supervisor, first)
    assert history.of_number(room.auditor, "014"), "what was steered stays readable when the camera is gone"
    with pytest.raises(NotFound):
        history.of_number(room.auditor, "777")
    for actor in (room.operator, room.coordinator):
        for ask in (
            lambda actor=actor: history.of_camera(actor, second),
            lambda actor=actor: history.of_number(actor, "015"),
            lambda actor=actor: history.of_person(actor, actor.user_id),
        ):
            with pytest.raises(PermissionRefused):
                ask()
    with room.database.write() as work:
        work.session.execute(delete(CameraHoldRow))


def test_the_command_line_lists_them_for_who_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room = make_room(tmp_path)
    count(room, room.add_camera("014", "George Street").id, minutes=0, moves=1, ending=Ending.IDLE)
    for login, role in (("look", Role.AUDITOR), ("steer", Role.OPERATOR)):
        room.accounts.add(room.administrator, login, f"{login} 01", PASSWORD, frozenset({role}))
    room.database.close()
    monkeypatch.setenv("ROOM_PASSWORD", PASSWORD)

    def holds(login: str, *more: str, number: str = "014") -> tuple[int, str]:
        who = ("--database", database_url(tmp_path), "--as", login, "--as-password-env", "ROOM_PASSWORD")
        code = main(["camera", "holds", number, *who, *more])
        told = capsys.readouterr()
        return code, told.out + told.err

    code, told = holds("look")
    assert code == 0, told
    assert "Operator 07 at desk 1: 1 movement, idle" in told
    assert [each["handle"] for each in json.loads(holds("look", "--json")[1])] == ["Operator 07"]
    code, told = holds("steer")
    assert code == 1
    assert "may not" in told and "Operator 07" not in told
    assert holds("look", number="777") == (1, "controlroom: There is no camera 777.\n")
