"""Checks the table of attacks in `docs/security.md`: every column is filled, and every row names tests that exist."""

import pytest

from tests.named_tests import ROOT, missing_tests, named_tests

COLUMNS = ["who", "with what", "refused", "noticed", "neither", "test"]
THIS = "`tests/test_attacks.py`: `test_every_table_of_the_section_has_the_same_columns`"
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.structure


def table_lines(document: str) -> list[list[str]]:
    """The cells of each table line in the section "Attacks", without the lines that rule a table off."""
    section = document.partition("\n## Attacks\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return [each for each in cells if set("".join(each)) != {"-"}]


def faults(document: str) -> list[str]:
    """What is wrong with the table, a line each."""
    found = []
    for cells in table_lines(document):
        if cells == COLUMNS:
            continue
        name = " | ".join(cells[:2])
        if len(cells) != len(COLUMNS):
            found.append(f"{name}: {len(cells)} columns instead of {len(COLUMNS)}")
            continue
        found += [
            f"{name}: nothing in '{column}'" for column, cell in zip(COLUMNS, cells, strict=True) if not cell
        ]
        if not list(named_tests(cells[-1])):
            found.append(f"{name}: no test")
        found += [f"{name}: no test {each}" for each in missing_tests(cells[-1])]
    return found


def test_every_attack_says_what_becomes_of_it_and_names_tests_that_exist() -> None:
    assert len(table_lines(SECURITY)) > len(COLUMNS)
    assert faults(SECURITY) == []


def test_every_table_of_the_section_has_the_same_columns() -> None:
    headed = [cells for cells in table_lines(SECURITY) if cells[0] == "who"]
    assert headed
    assert all(cells == COLUMNS for cells in headed)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"| a | b | c | d |  | {THIS} |", "nothing in 'neither'"),
        ("| a | b | c | d | e | none yet |", "no test"),
        (
            "| a | b | c | d | e | `tests/test_attacks.py`: `test_gone` |",
            "no test tests/test_attacks.py: test_gone",
        ),
        ("| a | b | c | d | e | `tests/gone.py`: `test_gone` |", "no test tests/gone.py: test_gone"),
        ("| a | b | c |", "3 columns instead of 6"),
    ],
)
def test_a_row_that_lacks_something_is_named(row: str, said: str) -> None:
    assert faults(f"\n## Attacks\n{row}\n## Next\n") == [f"a | b: {said}"]
