"""Unique keys that keep a rule: one that is gone, holds for fewer rows, or was added is named on both engines."""

import pytest

from controlroom.database import unique_keys
from controlroom.nouns import NOUNS
from tests import engines
from tests.builders import make_room

pytestmark = pytest.mark.both_engines
UP = "uq_deployments_unit_up"
GONE = "the unique key of deployments over unit_id is missing"


def test_a_key_that_is_gone_hollow_or_added_is_named(tmp_path):
    room = make_room(tmp_path)

    def missing() -> list[str]:
        with room.database.read() as session:
            return unique_keys.missing(session.connection(), NOUNS)

    assert missing() == []
    engines.tamper(tmp_path, f"DROP INDEX {UP}")
    assert missing() == [GONE]
    engines.tamper(tmp_path, f"CREATE UNIQUE INDEX {UP} ON deployments (unit_id) WHERE state = 'none'")
    assert missing() == [
        "the unique key of deployments over unit_id belongs to no version of the program",
        GONE,
    ]
    engines.tamper(
        tmp_path, f"DROP INDEX {UP}", "CREATE UNIQUE INDEX one_an_hour ON log_entries (recorded_at)"
    )
    assert missing() == [
        GONE,
        "the unique key of log_entries over recorded_at belongs to no version of the program",
    ]
