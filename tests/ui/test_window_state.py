"""Remembered looks: losing them loses nothing else."""

from pathlib import Path

from controlroom.ui.window_state import WindowState


def test_values_come_back_after_a_restart(tmp_path: Path):
    path = tmp_path / "deep" / "window.json"
    first = WindowState(path)
    first.set("theme", "light")
    first.save()
    assert WindowState(path).get("theme") == "light"


def test_an_unreadable_file_is_begun_afresh(tmp_path: Path):
    path = tmp_path / "window.json"
    path.write_text("{not json", encoding="utf-8")
    assert WindowState(path).get("theme", "dark") == "dark"


def test_something_else_than_a_table_is_begun_afresh(tmp_path: Path):
    path = tmp_path / "window.json"
    path.write_text("[1, 2]", encoding="utf-8")
    assert WindowState(path).get("theme", "dark") == "dark"


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    state = WindowState(tmp_path / "file" / "window.json")
    state.set("theme", "light")
    state.save()


def test_nothing_is_written_when_nothing_changed(tmp_path: Path):
    path = tmp_path / "window.json"
    WindowState(path).save()
    assert not path.exists()
