"""Takes the walk's steps with register files: a file compared before it is imported, and an address range asked."""

import csv
import tempfile
from pathlib import Path

from controlroom.tour.walk import Walk
from controlroom.ui.pages.cameras.page import CamerasPage

RENAMED, MISSPELT, AMBIGUOUS = 3, 7, 11  # rows of the sheet that somebody worked on


def import_a_file(walk: Walk) -> None:
    """The register is exported, changed as people change sheets, and compared: faults first, nothing written."""
    page, driver = walk.page(CamerasPage), walk.driver
    panel = page.importing
    walk.go(page)
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "cameras, corrected in the office.csv"
        page.files.export_to(sheet)
        driver.wait(lambda: not walk.desk.background.busy and sheet.exists(), "the exported register")
        _work_on(sheet)
        panel.read_file(sheet)
        driver.wait(lambda: panel.preview is not None, "the comparison")
        driver.wait(panel.list.table.shown_records, "its rows")
        first = panel.list.table.shown_records()[0]
        panel.list.select(first.row.line)
        walk.show(
            "A register file compared before it is imported",
            rows_compared=len(panel.list.table.shown_records()),
            faulty_rows=panel.faulty,
            would_import=len(panel.wanted()),
        )
    driver.keys("Escape", panel.list.table.view)
    driver.wait(lambda: not panel.isVisible(), "the preview to close")


def ask_a_range(walk: Walk) -> None:
    """An address typed by a person is asked once, without a password, and proposed for the register."""
    page, driver, spare = walk.page(CamerasPage), walk.driver, walk.spare
    panel = page.importing
    driver.press("Range")
    driver.fill("Addresses", spare.host)
    driver.fill("Port", spare.port)
    driver.press("Ask them")
    driver.wait(lambda: panel.preview is not None, "the answer")
    driver.wait(panel.list.table.shown_records, "its row")
    panel.list.select(1)
    walk.show("An address range asked once, without a password", found=len(panel.list.table.shown_records()))
    driver.keys("Escape", panel.list.table.view)
    driver.wait(lambda: not panel.isVisible(), "the preview to close")


def _work_on(sheet: Path) -> None:
    """Change the sheet as people do: a name, a misspelt owner, an address with leading zeros."""
    with sheet.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    column = {heading: place for place, heading in enumerate(rows[0])}
    rows[RENAMED][column["Name"]] += ", by the bank"
    rows[MISSPELT][column["Owner"]] = "public relm"
    rows[AMBIGUOUS][column["Address"]] = "010.020.030.011"
    with sheet.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)
