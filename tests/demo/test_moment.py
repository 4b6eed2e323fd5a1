"""`demo --at`: London's clocks on the command line, odd hours named, nonsense refused."""

from datetime import UTC, datetime

import pytest

from controlroom.cli import main
from controlroom.demo.moment import read_moment, words_for
from controlroom.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "moment", "words"),
    [
        ("2026-11-20T22:41", datetime(2026, 11, 20, 22, 41, tzinfo=UTC), "Fri 20 Nov 2026 22:41 GMT"),
        ("2028-02-29T00:05", datetime(2028, 2, 29, 0, 5, tzinfo=UTC), "Tue 29 Feb 2028 00:05 GMT"),
        ("2027-07-01T00:05", datetime(2027, 6, 30, 23, 5, tzinfo=UTC), "Thu 1 Jul 2027 00:05 BST"),
        (
            "2027-03-28T01:30",
            datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
            "Sun 28 Mar 2027 02:30 BST. There is no 01:30 that day: the clocks go forward",
        ),
        (
            "2027-10-31T01:30",
            datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
            "Sun 31 Oct 2027 01:30 BST, the first of two that night; the second is 2027-10-31T01:30+00:00",
        ),
        (
            "2027-10-31T01:30+00:00",
            datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
            "Sun 31 Oct 2027 01:30 GMT",
        ),
    ],
)
def test_a_moment_is_read_as_londons_clocks_show_it(text: str, moment: datetime, words: str) -> None:
    assert read_moment(text) == moment
    assert words_for(text, moment) == words


@pytest.mark.parametrize(
    "text", ["yesterday", "", "2027-02-29T10:00", "2027-03-28T25:00", "1066-10-14T09:00"]
)
def test_nonsense_is_refused_in_plain_words(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InvalidInput):
        read_moment(text)
    assert main(["demo", "--at", text]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("controlroom: ")
    assert len(said.err.splitlines()) == 1
