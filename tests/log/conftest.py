"""The room the tests of the log write into."""

import pytest

from tests.incidents.desk import make_desk


@pytest.fixture
def desk(tmp_path):
    made = make_desk(tmp_path)
    yield made
    made.room.database.close()
