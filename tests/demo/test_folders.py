"""Disposable folders: gone when done, swept when the demonstration was killed."""

import json
import subprocess
import sys
import tempfile

import pytest

from controlroom.demo.folders import OWNER, PREFIX, disposable_folder, sweep_folders


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_the_folder_is_gone_even_after_an_error(tmp_path):
    with pytest.raises(RuntimeError), disposable_folder() as folder:
        (folder / "room.db").write_text("x")
        raise RuntimeError("closed")
    assert list(tmp_path.iterdir()) == []


def test_a_running_demonstrations_folder_is_left_alone():
    with disposable_folder() as folder:
        sweep_folders()
        assert folder.is_dir()


def test_a_killed_demonstrations_folder_is_swept(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pid = process.pid
    left = tmp_path / f"{PREFIX}left"
    (left / OWNER).mkdir(parents=True)
    (left / OWNER / f"{pid}.json").write_text(json.dumps({"pid": pid, "started": 1.0}))
    sweep_folders()
    assert not left.exists()
