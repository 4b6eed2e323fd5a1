"""`controlroom recorder …` on a folder with a recorder and on one without."""

import json
import os
import stat
from pathlib import Path

import psutil
import pytest

from controlroom.cli import main
from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.recording.storage_folder import RecorderStorage, read_contact
from tests.builders import make_room
from tests.waiting import wait_until


def test_without_a_recorder_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recorder", "status", "--data", str(tmp_path)]) == 1
    assert main(["recorder", "stop", "--data", str(tmp_path)]) == 0
    assert (
        main(["recorder", "pair", str(tmp_path / "x.json"), "--address", "a:1", "--data", str(tmp_path)]) == 1
    )
    said = capsys.readouterr()
    assert said.out.count("No recorder runs") == 2
    assert "controlroom recorder run" in said.err


def test_a_running_one_is_asked_paired_and_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room, storage = make_room(tmp_path), RecorderStorage(tmp_path / "recorder")
    url = room.database.engine.url.render_as_string(hide_password=False)
    supervisor = RecorderSupervisor(tmp_path, storage, url=url, ask_every_s=0.2, with_desk=os.getpid())
    supervisor.open()
    try:
        wait_until(lambda: supervisor.link.state is not None, "the recorder answers")
        assert main(["recorder", "status", "--data", str(tmp_path)]) == 0
        assert "Audit head signed" in capsys.readouterr().out
        assert main(["recorder", "status", "--json", "--data", str(tmp_path)]) == 0
        pid = json.loads(capsys.readouterr().out)["pid"]
        pair = tmp_path / "pair.json"
        command = ["recorder", "pair", str(pair), "--address", "server.example:8443", "--data", str(tmp_path)]
        assert main(command) == 0
        contact = read_contact(pair)
        assert contact is not None
        assert (contact.host, contact.port, contact.token) == (
            "server.example",
            8443,
            storage.secrets().token,
        )
        assert stat.S_IMODE(pair.stat().st_mode) == 0o600
        assert contact.token not in capsys.readouterr().out
        supervisor.close()
        assert main(["recorder", "stop", "--data", str(tmp_path)]) == 0
        wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie")
    finally:
        supervisor.stop()
        supervisor.close()


def test_an_address_that_is_none_is_refused_in_plain_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_room(tmp_path)
    (tmp_path / "room.db").rename(tmp_path / "controlroom.db")
    assert main(["recorder", "run", "--listen", "nowhere", "--data", str(tmp_path)]) == 1
    assert "host:port" in capsys.readouterr().err
