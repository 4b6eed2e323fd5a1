"""Random roads over three years of bids, meetings and deployments, judged by their rows.

Ten fixed roads in an ordinary run. `CONTROLROOM_ROADS=200` walks that many new ones; Hypothesis prints the shortest
road that breaks a rule, and how to walk it again.
"""

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.deployments.roads.road import Empty, Road

ROADS = int(os.environ.get("CONTROLROOM_ROADS", "0"))
STEPS = 80


def test_no_road_breaks_the_rules(record_property):
    Road.empty = Empty()
    Road.figures.clear()
    walk = settings(
        max_examples=ROADS or 10,
        stateful_step_count=STEPS,
        derandomize=not ROADS,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(Road, settings=walk)
    figures = dict(Road.figures)
    share = round(100 * figures["accepted"] / figures["steps"])
    for name, figure in (*figures.items(), ("accepted %", share)):
        record_property(name, figure)
    print(f"roads: {figures}, {share} % of the steps accepted")
    assert figures["roads"] >= (ROADS or 10)
    assert figures["live"] > 0, "no road led to a live camera"
    assert share >= 10, "nearly everything is refused: the roads lead nowhere"
