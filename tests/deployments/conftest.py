"""A desk with an empty rapid-deployment folder."""

import pytest

from tests.deployments.builders import make_desk


@pytest.fixture
def desk(tmp_path):
    made = make_desk(tmp_path)
    yield made
    made.room.database.close()
