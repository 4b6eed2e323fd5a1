"""Reading a register file: every kind of file, every fault named by row and column."""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from controlroom.cameras.records import Migration, Owner, Protocol, StreamTransport, Transport
from controlroom.cameras.register_file.cells import MOST_ROWS
from controlroom.cameras.register_file.reading import read_register_file
from controlroom.cameras.register_file.records import ReadFile
from controlroom.cameras.register_file.workbook_reader import read_workbook
from controlroom.errors import ControlRoomError, InvalidInput, Unavailable
from tests.cameras.register_file.files import Rows, csv_file, ods_file, xlsx_file

ROWS: Rows = [
    ["The borough's cameras, spring"],
    [],
    ["Cam No.", "Description", "Owned by", "IP address", "Lat", "LONG", "Colour", "Retention"],
    ["014", "George Street; station", "public realm", "10.0.0.5:8080", 51.3762, -0.0982, "red", 31],
    [],
    [15, "Krótka, wąska", "housing", "", "", "", "", "28 days"],
]


def read(path: Path, *rows: Sequence[object]) -> ReadFile:
    return read_register_file(csv_file(path / "cameras.csv", rows))


def faults(path: Path, *rows: Sequence[object]) -> list[str]:
    return [fault.words for row in read(path, *rows).rows for fault in row.faults]


def fault_of(path: Path, heading: str, value: object) -> str:
    """The one fault of a row with this value under that heading."""
    (found,) = faults(path, ["Number", "Name", heading], ["014", "George Street", value])
    return found


@pytest.mark.parametrize(
    "write",
    [
        xlsx_file,
        ods_file,
        csv_file,
        lambda path, rows: csv_file(path, rows, separator=";", encoding="utf-8-sig"),
        lambda path, rows: csv_file(path, rows, separator="\t", encoding="utf-16"),
        lambda path, rows: csv_file(path, [["sep=;"], *rows[1:]], separator=";"),
    ],
    ids=["xlsx", "ods", "csv", "semicolons with a byte order mark", "Unicode text", "sep="],
)
def test_the_same_list_reads_alike_from_every_kind_of_file(tmp_path, write):
    file = read_register_file(write(tmp_path / "list", ROWS))
    first, second = file.rows
    assert (first.line, second.line) == (4, 6), "as the sheet counts them, blank rows too"
    assert first.given == {
        "number": "014",
        "name": "George Street; station",
        "owner": Owner.PUBLIC_REALM,
        "host": "10.0.0.5",
        "port": 8080,
        "latitude": 51.3762,
        "longitude": -0.0982,
        "retention_days": 31,
    }
    assert second.given == {
        "number": "15",
        "name": "Krótka, wąska",
        "owner": Owner.HOUSING,
        "retention_days": 28,
    }
    assert file.letters["host"] == "D"
    assert file.ignored == ("G Colour",)
    assert not first.faults + second.faults


def test_letters_of_windows_are_read(tmp_path):
    path = csv_file(tmp_path / "a.csv", [["Number", "Name"], ["1", "Café – Rue"]], encoding="cp1252")
    assert read_register_file(path).rows[0].given["name"] == "Café – Rue"


def test_words_that_people_use_are_understood(tmp_path):
    headings = [
        "Camera",
        "Title",
        "Owner",
        "Transmission",
        "Technology",
        "Protocol",
        "Moves",
        "RTSP URL",
        "Stream by",
    ]
    row = ["h3", "x", "Council", "WiFi", "Analog", "rtsp", "Yes", "rtsp://10.0.0.5/live", "udp"]
    given = read(tmp_path, headings, row).rows[0].given
    assert given == {
        "number": "H3",
        "name": "x",
        "owner": Owner.PUBLIC_REALM,
        "transport": Transport.WIRELESS,
        "migration": Migration.ANALOGUE,
        "protocol": Protocol.RTSP,
        "has_ptz": True,
        "main_stream": "rtsp://10.0.0.5/live",
        "stream_transport": StreamTransport.UDP,
    }


FAULTS = [
    ("Owner", "housin", "C2 Owner “housin”", "Is “housing” meant?"),
    ("Transport", "fibr", "C2 Transport “fibr”", "Is “fibre” meant?"),
    ("Migration", "analogue thru encoder", "C2 Migration", "Is “analogue through encoder” meant?"),
    ("Address", "10.020.030.040", "C2 Address", "Type 10.20.30.40 if that is meant."),
    ("Address", "rtsp://10.0.0.5/live", "C2 Address", "belongs in the column Main stream"),
    ("Address", "http://10.0.0.5/", "C2 Address", "not a host name"),
    ("Address", "10.0.0.5:99999", "C2 Address", "Ports run from 1 to 65535."),
    ("Port", "70000", "C2 Port “70000”", "Use 1 to 65535."),
    ("Port", "80.5", "C2 Port “80.5”", "no whole number"),
    ("Latitude", "91", "C2 Latitude “91”", "It lies from -90 to 90."),
    ("Latitude", "51,3762", "C2 Latitude “51,3762”", "Write 51.3762."),
    ("Longitude", "a bit east", "C2 Longitude", "no coordinate"),
    ("Kept, days", "a month", "C2 Kept, days “a month”", "no whole number"),
    ("Kept, days", "0", "C2 Kept, days “0”", "Use 1 to 365."),
    ("Main stream", "file:///etc/passwd", "C2 Main stream", "begins with “file”"),
    ("PTZ", "perhaps", "C2 PTZ “perhaps”", "neither yes nor no"),
    ("Street", "#REF!", "C2 Street “#REF!”", "the formula there failed"),
    ("Street", "x" * 500, "C2 Street", "Too long"),
    ("Street", "bell\x07", "C2 Street", "cannot be stored"),
]


@pytest.mark.parametrize(
    ("heading", "value", "where", "said"), FAULTS, ids=[f"{a} {b[:12]}" for a, b, *_ in FAULTS]
)
def test_each_fault_names_its_cell_its_value_and_what_to_do(tmp_path, heading, value, where, said):
    words = fault_of(tmp_path, heading, value)
    assert words.startswith(where)
    assert said in words


def test_numbers_that_are_missing_odd_or_twice_are_named(tmp_path):
    found = faults(
        tmp_path,
        ["Number", "Name"],
        ["", "Nobody's"],
        ["camera one", "Odd"],
        ["014", "First"],
        ["14", "Second"],
        ["H03", "Alone"],
    )
    assert [each.split(":")[0] for each in found] == [
        "A2 Number",
        "A3 Number “CAMERA ONE”".replace("CAMERA ONE", "camera one"),
        "A4 Number “014”",
        "A5 Number “14”",
    ]
    assert "the number stands in A5 too" in found[2]
    assert "the number stands in A4 too" in found[3]


def test_a_number_written_in_three_ways_is_one_number(tmp_path):
    rows = [["Number", "Name"], ["RDC-04", "a"], ["R4", "b"], ["rdc 4", "c"], ["H4", "d"]]
    found = [fault for row in read(tmp_path, *rows).rows for fault in row.faults]
    twins = [each.where for each in found if "the number stands in" in each.what]
    assert twins == ["A2", "A3", "A4"]


def test_coordinates_the_wrong_way_round_are_found(tmp_path):
    rows = [["Number", "Lat", "Lon"], ["1", "-0.0982", "51.3762"], ["2", "48.85", "2.35"]]
    file = read(tmp_path, *rows)
    (swapped,) = file.rows[0].faults
    assert swapped.words == (
        "B2 Latitude “-0.0982”: latitude and longitude are swapped. Latitude is 51.3762, longitude -0.0982."
    )
    assert not file.rows[1].faults
    assert "outside Britain" in file.rows[1].notes[0]


def test_what_a_spreadsheet_made_of_a_number_is_said(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Number", "Name", "Password"])
        sheet.write_row(1, 0, [14, "Short", 700])
        sheet.write_number(2, 0, 46_000, day)
        sheet.write_string(2, 1, "A date")
        sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")  # type: ignore[arg-type]
        sheet.write_number(3, 0, 16)
    short, dated, failed = read_register_file(tmp_path / "a.xlsx").rows
    assert (short.given["number"], short.given["password"]) == ("14", "700")
    assert "A2: The sheet holds the number 14" in short.notes[0]
    assert "C2: The sheet holds the password as a number" in short.notes[1]
    assert "A3 Number “2025-12-09”: the spreadsheet holds a date there." in dated.faults[0].words
    assert failed.faults[0].words == "B4 Name “#DIV/0!”: the formula there failed. Type its value instead."


def test_a_formula_that_failed_in_an_ods_file_is_a_fault(tmp_path):
    path = ods_file(tmp_path / "a.ods", [["Number", "Name"], ["014", "#DIV/0!"]])
    (fault,) = read_register_file(path).rows[0].faults
    assert "B2 Name “#DIV/0!”" in fault.words


def test_merged_and_hidden_cells_and_other_sheets_are_told(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        notes, sheet, gone = (
            book.add_worksheet("Notes"),
            book.add_worksheet("List"),
            book.add_worksheet("Old"),
        )
        notes.write_string(0, 0, "Ask Dave")
        gone.hide()
        gone.write_row(0, 0, ["Number", "Name"])
        sheet.write_row(0, 0, ["Number", "Name"])
        sheet.merge_range(1, 1, 2, 1, "Two rows")
        sheet.write_string(1, 0, "001")
        sheet.write_string(2, 0, "002")
        sheet.set_row(2, None, None, {"hidden": True})
    file = read_register_file(tmp_path / "a.xlsx")
    assert [row.number for row in file.rows] == ["001", "002"]
    assert file.notes == (
        "Read from sheet “List”; not from Notes.",
        "Cells are merged (B2:B3): only the first of them has a value.",
        "Rows are hidden in the sheet and count all the same: 3.",
    )


def test_a_login_in_a_stream_address_is_taken_apart_and_never_shown(tmp_path):
    file = read(tmp_path, ["Number", "Stream"], ["014", "rtsp://room:s3cret@10.0.0.5/live"])
    (row,) = file.rows
    assert (row.given["main_stream"], row.given["username"], row.given["password"]) == (
        "rtsp://10.0.0.5/live",
        "room",
        "s3cret",
    )
    assert "taken out" in row.notes[0]
    assert row.texts["main_stream"] == "rtsp://•••@10.0.0.5/live"
    assert "s3cret" not in repr(file)


def test_two_logins_for_one_camera_are_a_fault_without_their_words(tmp_path):
    rows = [["Number", "Password", "Stream"], ["014", "other", "rtsp://room:s3cret@10.0.0.5/live"]]
    (fault,) = read(tmp_path, *rows).rows[0].faults
    assert fault.words.startswith("C2 Main stream “rtsp://•••@10.0.0.5/live”: the login")
    assert "s3cret" not in fault.words + repr(fault)


def test_an_apostrophe_of_an_export_goes_and_others_stay(tmp_path):
    rows = [["Number", "Name"], ["1", "'=cmd()"], ["2", "'tis"], ["3", "''quoted"]]
    assert [row.given["name"] for row in read(tmp_path, *rows).rows] == ["=cmd()", "'tis", "'quoted"]


def test_two_columns_of_one_meaning_are_refused(tmp_path):
    with pytest.raises(InvalidInput, match="“Host” and “IP”"):
        read(tmp_path, ["Number", "Host", "IP"], ["1", "a", "b"])


# -- files that are no sheet, or would be too large ----------------------------------------------------------------


def odd_zip(path: Path, name: str = "x.txt", content: bytes = b"x") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/x.xml", "w") as part:
        block = bytes(1024 * 1024)
        for _ in range(160):
            part.write(block)
    return path


def corners(path: Path) -> Path:
    """Two cells, in opposite corners of the largest sheet there is."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Number", "Name"])
        sheet.write_string(1_048_575, 16_383, "x")
    return path


def with_a_password(path: Path) -> Path:
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    )
    return path


def encrypted_ods(path: Path) -> Path:
    ods_file(path, [["Number", "Name"]])
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("META-INF/manifest.xml", "<m:encryption-data/>")
    return path


def damaged(path: Path) -> Path:
    content = xlsx_file(path, ROWS).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


ODD = {
    "empty": (lambda path: path.write_bytes(b" \r\n") and path, "is empty"),
    "a picture": (
        lambda path: path.write_bytes(b"\x89PNG\r\n\0" + struct.pack("8Q", *range(8))) and path,
        "is no sheet",
    ),
    "an archive": (odd_zip, "cannot be read as a spreadsheet"),
    "half a workbook": (damaged, "cannot be read as a spreadsheet"),
    "an old spreadsheet": (
        lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) and path,
        "before 2007",
    ),
    "with a password": (with_a_password, "protected by a password"),
    "an ODS file with a password": (encrypted_ods, "protected by a password"),
    "a zip bomb": (bomb, "far larger than any register"),
    "two cells in opposite corners": (corners, "far larger than any register"),
    "no headings": (lambda path: csv_file(path, [["a", "b"], ["1", "2"]]), "has no row of headings"),
    "an open quotation mark": (
        lambda path: path.write_bytes(b'Number,Name\n1,"a\n2,b') and path,
        "cannot be read as a table from line",
    ),
    "too many rows": (
        lambda path: csv_file(path, [["Number", "Name"], *([["1", "x"]] * (MOST_ROWS + 1))]),
        f"more than {MOST_ROWS:,} rows",
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_file_that_is_no_register_is_refused_in_plain_words(tmp_path, kind):
    make, said = ODD[kind]
    path = make(tmp_path / "cameras.xlsx")
    with pytest.raises(InvalidInput, match=said) as refused:
        read_register_file(path)
    assert refused.value.remedy


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(Unavailable, match="cannot be read"):
        read_register_file(tmp_path / "none.csv")


def test_a_workbook_that_takes_too_long_is_given_up(tmp_path):
    with pytest.raises(ControlRoomError, match="far larger"):
        read_workbook(xlsx_file(tmp_path / "a.xlsx", ROWS), 10, most_seconds=0.0)
