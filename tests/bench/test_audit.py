"""Real processes writing at once, on both engines: one chain, nothing lost; and a database in use is left alone."""

from pathlib import Path

import pytest

from controlroom.bench.audit import run
from controlroom.errors import RuleBroken
from tests.builders import make_room
from tests.engines import database_url

pytestmark = pytest.mark.both_engines


def test_processes_writing_at_once_make_one_chain(tmp_path: Path):
    measured = run(database_url(tmp_path), 4, 12)
    assert (measured.writes, measured.failed, measured.missing) == (48, 0, 0), measured.failures
    assert measured.sound, measured.faults
    assert measured.good
    assert measured.rows >= 48, "the records were compared too"


def test_a_database_in_use_is_left_alone(tmp_path: Path):
    make_room(tmp_path)
    with pytest.raises(RuleBroken, match="in use"):
        run(database_url(tmp_path), 1, 1)
