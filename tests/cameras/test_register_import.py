"""Importing the register: compared first, written as one unit of work, and only what differs."""

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from controlroom.accounts.records import Role
from controlroom.audit import service as audit
from controlroom.audit.tables import AuditEntryRow
from controlroom.cameras.records import Camera, NewCamera, Owner, Place, Protocol, StreamTransport
from controlroom.cameras.register_file.reading import read_register_file
from controlroom.cameras.register_file.records import Preview, RowState
from controlroom.cameras.register_file.words import detail, remarks, summary, write_faults
from controlroom.cameras.register_file.writing import write_empty, write_register
from controlroom.cameras.register_import import RegisterImport
from controlroom.cli import main
from controlroom.errors import Conflict, InvalidInput, PermissionRefused
from tests.builders import PASSWORD, Room, make_room
from tests.cameras.register_file.files import csv_file
from tests.engines import everything_stored

both = pytest.mark.both_engines
PLACE = Place("George Street", "Town centre", "Fairfield", 51.3739, -0.0992)
HEADINGS = ["Number", "Name", "Ward", "Owner", "Address", "User", "Password", "Main stream", "Kept, days"]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path)


@pytest.fixture
def register(room: Room) -> RegisterImport:
    return RegisterImport(room.database, room.site_key)


def a_camera(number: str = "014", **more: object) -> NewCamera:
    known = {
        "host": "10.0.0.5",
        "username": "room",
        "password": "s3cret",
        "main_stream": "rtsp://10.0.0.5/main",
        "has_ptz": True,
        "abilities": ("pan_tilt",),
    }
    return NewCamera(number=number, name="George Street", place=PLACE, **(known | more))  # type: ignore[arg-type]


def compare(room: Room, register: RegisterImport, *rows: Sequence[object]) -> Preview:
    file = read_register_file(csv_file(room.folder / "cameras.csv", [HEADINGS, *rows]))
    return register.preview(room.supervisor, file)


def import_rows(room: Room, register: RegisterImport, *rows: Sequence[object]) -> Preview:
    preview = compare(room, register, *rows)
    register.accept(room.supervisor, preview.rows, preview.source)
    return preview


def states(preview: Preview) -> list[str]:
    return [each.state.value for each in preview.rows]


def entries(room: Room) -> list[AuditEntryRow]:
    with room.database.read() as session:
        found = select(AuditEntryRow).where(AuditEntryRow.action.like("camera.%"))
        rows = list(session.scalars(found.order_by(AuditEntryRow.sequence)))
        session.expunge_all()
        return rows


@both
def test_a_file_is_compared_row_by_row_and_nothing_is_written(room, register):
    room.cameras.add(room.supervisor, a_camera("014"))
    room.cameras.add(room.supervisor, a_camera("041"))
    room.cameras.add(room.supervisor, a_camera("090"))
    before = entries(room)
    preview = compare(
        room,
        register,
        ["14", "George Street, station", "", "", "", "", "", "", 28],
        ["041", "George Street"],
        ["H07", "Handcroft Road", "Broad Green", "housing", "10.0.0.9:8080", "room", "other words"],
        ["055", "", "", "concil"],
    )
    assert states(preview) == ["differs", "same", "new", "fault"]
    assert any("new ward" in note for note in preview.rows[2].notes)
    assert not any("new ward" in note for note in preview.rows[1].notes)
    differs, _, new, faulty = preview.rows
    assert (differs.number, [each.words for each in differs.changes]) == (
        "014",
        ["Name: George Street → George Street, station", "Kept, days: 31 → 28"],
    )
    assert differs.notes == ("A2: 14 is camera 014 of the register.",)
    assert "other words" not in repr(new) + repr(preview)
    assert [each.where for each in faulty.faults] == ["D5", "B5"]
    assert preview.unnamed == ("090",)
    assert summary(preview) == "4 rows: 1 with faults, 1 new, 1 differ, 1 the same."
    assert "1 camera of the register is not named in the file, and stays as it is: 090." in remarks(preview)
    assert "D5 Owner “concil”" in detail(faulty)
    assert [each.sequence for each in entries(room)] == [each.sequence for each in before]


@both
def test_what_was_accepted_is_written_whole_and_a_second_import_changes_nothing(room, register):
    room.cameras.add(room.supervisor, a_camera("014"))
    rows = (
        ["014", "George Street, station", "Fairfield", "", "", "", "", "", 28],
        [
            "H07",
            "Handcroft Road",
            "Broad Green",
            "housing",
            "10.0.0.9:8080",
            "room",
            "other words",
            "rtsp://10.0.0.9/a",
        ],
        ["055", "", "", "concil"],
    )
    preview = compare(room, register, *rows)
    imported = register.accept(room.supervisor, preview.rows, preview.source)
    assert (imported.added, imported.changed) == (1, 1)
    changed, added = room.cameras.cameras(room.operator)
    assert (changed.name, changed.retention_days, changed.has_ptz, changed.host) == (
        "George Street, station",
        28,
        True,
        "10.0.0.5",
    ), "an empty cell leaves what the register says"
    assert (added.number, added.owner, added.port, added.untried) == ("H07", Owner.HOUSING, 8080, True)
    logins = room.cameras.logins(room.operator)
    assert [logins[each.id].password for each in (changed, added)] == ["s3cret", "other words"]
    assert states(compare(room, register, *rows)) == ["same", "same", "fault"]
    assert b"other words" not in everything_stored(room.folder)


@both
def test_the_audit_tells_counts_and_every_change_and_no_password(room, register):
    room.cameras.add(room.supervisor, a_camera("014"))
    import_rows(
        room,
        register,
        ["014", "Station", "", "", "", "", "new words", ""],
        ["015", "North End", "", "", "", "", "", ""],
    )
    whole, changed, added = entries(room)[1:]
    assert (whole.action, whole.subject, json.loads(whole.detail)) == (
        "camera.register-imported",
        "cameras.csv",
        {"added": 1, "changed": 1},
    )
    assert (changed.action, changed.subject) == ("camera.changed", "014")
    assert json.loads(changed.detail) == {"name": "George Street → Station", "password": "entered anew"}
    assert (added.action, added.subject) == ("camera.added", "015")
    with room.database.read() as session:
        assert audit.verify(session).sound


@both
def test_a_camera_changed_by_somebody_else_meanwhile_stops_the_whole_import(room, register):
    camera = room.cameras.add(room.supervisor, a_camera("014"))
    preview = compare(room, register, ["014", "Station"], ["015", "North End"])
    room.cameras.change(room.administrator, camera.id, a_camera("014", make="Axis"), seen=1)
    with pytest.raises(Conflict, match="since the file was compared: camera 014"):
        register.accept(room.supervisor, preview.rows, preview.source)
    (left,) = room.cameras.cameras(room.operator)
    assert (left.name, left.make) == ("George Street", "Axis")


@both
def test_a_number_that_somebody_gave_meanwhile_stops_the_whole_import(room, register):
    preview = compare(room, register, ["016", "First"], ["015", "North End"])
    room.add_camera("15")
    with pytest.raises(Conflict, match="There is a camera 015 by now"):
        register.accept(room.supervisor, preview.rows, preview.source)
    assert [each.number for each in room.cameras.cameras(room.operator)] == ["15"]


@both
def test_only_who_manages_cameras_compares_imports_and_takes_the_register_out(room, register):
    preview = compare(room, register, ["015", "North End"])
    for actor in (room.operator, room.coordinator, room.auditor):
        with pytest.raises(PermissionRefused):
            register.accept(actor, preview.rows, preview.source)
        with pytest.raises(PermissionRefused):
            register.registered(actor)
    assert room.cameras.cameras(room.operator) == []


def test_rows_that_were_tampered_with_are_checked_once_more(room, register):
    (row,) = compare(room, register, ["015", "North End"]).rows
    for given in ({"number": "one"}, {"retention_days": 0}, {"name": "x" * 500}, {"host": "010.0.0.1"}):
        forged = replace(row, given={**row.given, **given})
        with pytest.raises(InvalidInput, match=r"Row 2, camera 015|Too long"):
            register.accept(room.supervisor, [forged], "cameras.csv")
    for text in ("a \ud800", "a \x1b[2J", "a \0"):
        forged = replace(row, given={**row.given, "name": text, "street": text})
        with pytest.raises(InvalidInput, match="cannot be stored"):
            register.accept(room.supervisor, [forged], "cameras.csv")
        with pytest.raises(InvalidInput, match="cannot be stored"):
            register.accept(room.supervisor, [row], text)
    with pytest.raises(InvalidInput, match="named twice"):
        register.accept(room.supervisor, [row, row], "cameras.csv")
    with pytest.raises(InvalidInput, match="are the most"):
        many = [replace(row, number=f"{each}") for each in range(4_001)]
        register.accept(room.supervisor, many, "cameras.csv")
    assert room.cameras.cameras(room.operator) == []


def test_a_stored_password_follows_no_address_of_a_file(room, register):
    room.cameras.add(room.supervisor, a_camera("014"))
    for row in (["014", "", "", "", "10.9.9.9"], ["014", "", "", "", "", "", "", "rtsp://10.9.9.9/main"]):
        (compared,) = compare(room, register, row).rows
        (fault,) = compared.faults
        assert "the password has to be given again" in fault.words
        forged = replace(compared, state=RowState.DIFFERS, faults=())
        with pytest.raises(InvalidInput, match="the password has to be given again"):
            register.accept(room.supervisor, [forged], "cameras.csv")
    import_rows(room, register, ["014", "", "", "", "10.9.9.9", "room", "its own", "rtsp://10.9.9.9/main"])
    (camera,) = room.cameras.cameras(room.operator)
    assert (camera.host, camera.untried) == ("10.9.9.9", True)


def test_a_camera_out_of_use_is_neither_changed_nor_made_twice(room, register):
    room.cameras.retire(room.supervisor, room.add_camera("014").id)
    (row,) = compare(room, register, ["14", "Station"]).rows
    assert "out of use" in row.faults[0].words


def test_of_two_cameras_written_alike_only_the_one_written_so_is_meant(room, register):
    room.add_camera("14")
    room.add_camera("014")
    exact, neither = compare(room, register, ["014", "Station"], ["0014", "Another"]).rows
    assert (exact.state, exact.number) == (RowState.FAULTY, "014"), "both mean the same number in the file"
    (row,) = compare(room, register, ["014", "Station"]).rows
    assert (row.state, row.number) == (RowState.DIFFERS, "014")
    assert neither.state is RowState.FAULTY


# -- files written -------------------------------------------------------------------------------------------------

ODD_NAMES = ["=cmd|' /C calc'!A0", "+44 20", "-1", "@home", "'quoted", "Żółta, „wąska“;\ttab", '"q"', "014"]


def odd_register(room: Room) -> list[Camera]:
    """Cameras with everything that a spreadsheet could take for something else."""
    for index, name in enumerate(ODD_NAMES):
        place = Place(name, "1/2", "3-4", 51.123456789012345 + index, -0.1 / 3)
        made = a_camera(f"{index:03}", host=f"10.0.0.{index}", main_stream=f"rtsp://10.0.0.{index}/m?a=1&b=2")
        room.cameras.add(room.supervisor, replace(made, name=name, place=place))
    rtsp = a_camera(
        "E01",
        host="",
        main_stream="rtsp://10.1.0.1:8554/1",
        protocol=Protocol.RTSP,
        abilities=(),
        stream_transport=StreamTransport.UDP,
    )
    room.cameras.add(room.supervisor, rtsp)
    return RegisterImport(room.database, room.site_key).registered(room.supervisor)


@pytest.mark.parametrize("name", ["cameras.csv", "cameras.xlsx"])
def test_an_export_runs_nowhere_holds_no_password_and_changes_nothing_when_it_is_imported(
    room, register, name
):
    cameras, path = odd_register(room), room.folder / name
    write_register(path, cameras)
    if path.suffix == ".csv":
        cells = [cell for row in csv.reader(path.read_text("utf-8-sig").splitlines()) for cell in row]
        odd = [
            cell
            for cell in cells
            if cell[:1] in ("=", "+", "@", "-") and not cell[1:].replace(".", "").isdigit()
        ]
    else:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        cells = [str(cell) for row in sheet for cell in row]
        odd = [cell for row in sheet for cell in row if isinstance(cell, str) and cell[:1] in "=+@-" and cell]
    assert not odd
    assert not [cell for cell in cells if "s3cret" in cell or cell == "Password"]
    preview = register.preview(room.supervisor, read_register_file(path))
    assert states(preview) == ["same"] * len(cameras), [detail(each) for each in preview.rows]
    assert (preview.unnamed, preview.ignored) == ((), ())


def test_a_deployable_camera_is_exported_at_the_place_of_the_register(room, register, monkeypatch):
    room.add_camera("RDC-01", "In store")
    assert [each.name for each in register.registered(room.supervisor)] == ["In store"]


def test_an_empty_sheet_has_every_heading_and_reads_as_no_rows(tmp_path):
    for name in ("empty.xlsx", "empty.csv"):
        write_empty(tmp_path / name)
        file = read_register_file(tmp_path / name)
        assert (len(file.letters), file.rows, file.ignored) == (22, [], ())


def test_the_list_of_faults_is_written_for_whoever_made_the_sheet(room, register):
    preview = compare(
        room, register, ["015", "", "", "concil"], ["H3", "Handcroft Road", "", "", "010.1.1.1"]
    )
    for name in ("faults.csv", "faults.xlsx"):
        assert write_faults(room.folder / name, preview) == 3
    lines = (room.folder / "faults.csv").read_text("utf-8-sig").splitlines()
    assert lines[1].startswith("D2,Owner,concil,this is no owner.,")
    assert (
        CalamineWorkbook.from_path(room.folder / "faults.xlsx").get_sheet_by_index(0).to_python()[3][0]
        == "E3"
    )


def test_a_name_of_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match=r"End its name with \.xlsx or \.csv"):
        write_empty(tmp_path / "cameras.pdf")


# -- the command ---------------------------------------------------------------------------------------------------


def test_the_command_compares_accepts_and_exports(tmp_path, monkeypatch, capsys):
    room = make_room(tmp_path)
    room.accounts.add(room.administrator, "sue", "Supervisor 09", PASSWORD, frozenset({Role.SUPERVISOR}))
    url = room.database.engine.url.render_as_string(hide_password=False)
    room.database.close()
    monkeypatch.setenv("SUE", PASSWORD)
    signed = ["--as", "sue", "--as-password-env", "SUE", "--data", str(tmp_path), "--database", url]
    path = str(
        csv_file(tmp_path / "a.csv", [["Number", "Name", "Owner"], ["014", "Station", ""], ["015", "x", "y"]])
    )
    faults = tmp_path / "faults.csv"
    assert main(["camera", "import", path, *signed, "--faults", str(faults)]) == 1
    told, problem = capsys.readouterr()
    assert not problem
    assert "C3 Owner “y”: this is no owner." in told
    assert "2 rows: 1 with faults, 1 new." in told
    assert "C3" in faults.read_text("utf-8-sig")
    assert main(["camera", "import", path, *signed, "--accept"]) == 1
    assert "Nothing was written." in capsys.readouterr().err
    assert main(["camera", "import", path, *signed, "--accept", "--without-faulty"]) == 0
    assert "Imported: 1 added, 0 changed." in capsys.readouterr().out
    assert main(["camera", "import", path, *signed, "--json"]) == 1
    assert [each["state"] for each in json.loads(capsys.readouterr().out)["rows"]] == ["same", "fault"]
    assert main(["camera", "export", str(tmp_path / "b.xlsx"), *signed]) == 0
    assert "1 camera written" in capsys.readouterr().out
    assert main(["camera", "export", str(tmp_path / "c.xlsx"), "--empty"]) == 0


def test_no_line_end_of_a_file_is_stored_and_no_address_of_two_readings(room, register):
    preview = import_rows(
        room,
        register,
        ["015", "North\u2028End\x0c2\x85X\u2029 Y", "Fair\x0bfield", "", "\uff11\uff10.0.0.9", "u", "p"],
        ["016", "x", "", "", "10.0x14.30.40", "u", "p"],
        ["017", "x", "", "", "10.\uff1020.030.040", "u", "p"],
        ["018", "x", "", "", "", "u", "p", "rtsp://10.\uff1020.030.040/x"],
        ["019", "a\x1cb"],
    )
    said = [" ".join(str(fault) for fault in row.faults) for row in preview.rows]
    assert all("two ways" in each and "Type 10.20.30.40" in each for each in said[1:4]), said
    assert "cannot be stored" in said[4]
    (stored,) = room.cameras.cameras(room.supervisor)
    assert (stored.name, stored.place.ward, stored.host) == ("North End 2 X Y", "Fair field", "10.0.0.9")
    with pytest.raises(InvalidInput, match="one line"):
        room.cameras.add(room.supervisor, replace(a_camera("020"), name="North\nEnd"))
