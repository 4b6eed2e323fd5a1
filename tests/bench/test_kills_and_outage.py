"""The long runs of `controlroom bench`, short: nothing is lost, doubled or put out of order."""

import pytest

from controlroom.bench import kills, outage
from tests.engines import need_postgresql

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_desk_killed_in_mid_entry_loses_nothing_it_accepted():
    done = kills.run(2, longest_life_s=0.6)
    assert done.good, done.in_words()
    assert done.kills == 2
    assert done.accepted


def test_a_desk_without_its_database_loses_nothing_and_opens_without_it():
    need_postgresql()
    done = outage.run(0.1, cameras=1, before_s=1.0)
    assert not (done.lost or done.written_twice or done.out_of_order), done.in_words()
    assert done.audit_chain_sound
    assert done.accepted_while_away
    assert done.pictures_per_second > 0
