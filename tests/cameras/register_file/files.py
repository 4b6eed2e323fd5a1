"""Makes register files: CSV, XLSX and ODS from the same rows, as spreadsheets write them."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

Rows = Sequence[Sequence[object]]
_ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>
<table:table table:name="Cameras">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""


def csv_file(path: Path, rows: Rows, *, separator: str = ",", encoding: str = "utf-8") -> Path:
    """A CSV file; cells with separators stand in quotation marks."""
    lines = [separator.join(_quoted(str(cell), separator) for cell in row) for row in rows]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def xlsx_file(path: Path, rows: Rows) -> Path:
    """An XLSX file whose numbers are numbers and whose `=1/0` is a formula that failed."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Cameras")
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell == "=1/0":
                    sheet.write_formula(line, column, "=1/0", None, "#DIV/0!")  # type: ignore[arg-type]
                elif isinstance(cell, int | float):
                    sheet.write_number(line, column, cell)
                elif cell != "":
                    sheet.write_string(line, column, str(cell))
    return path


def ods_file(path: Path, rows: Rows) -> Path:
    """An ODS file with nothing in it but one table."""
    told = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS.format(rows=told))
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return path


def _ods_cell(cell: object) -> str:
    if cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, int | float):
        kind = f'office:value-type="float" office:value="{cell}"'
        return f"<table:table-cell {kind}><text:p>{cell}</text:p></table:table-cell>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'


def _quoted(text: str, separator: str) -> str:
    return '"' + text.replace('"', '""') + '"' if separator in text or '"' in text or "\n" in text else text
