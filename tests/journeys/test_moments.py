"""The tour's moment: another with each commit, and every one of them can be asked for."""

import pytest

from controlroom.demo.moment import read_moment
from tests.journeys import moments


def test_every_awkward_moment_can_be_read() -> None:
    assert len({read_moment(text) for text in moments.AWKWARD}) == len(moments.AWKWARD)


def test_each_commit_takes_the_next_moment_and_the_environment_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(moments.CHOSEN, raising=False)
    chosen = []
    for number in range(len(moments.AWKWARD)):
        monkeypatch.setattr(moments, "commits", lambda number=number: number)
        chosen.append(moments.chosen_moment())
    assert sorted(chosen) == sorted(moments.AWKWARD)
    monkeypatch.setenv(moments.CHOSEN, "2031-05-05T05:05")
    assert moments.chosen_moment() == "2031-05-05T05:05"


def test_outside_git_the_first_moment_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.delenv(moments.CHOSEN, raising=False)
    monkeypatch.setattr(moments, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert moments.chosen_moment() == moments.AWKWARD[0]
