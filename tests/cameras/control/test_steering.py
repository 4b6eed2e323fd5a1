"""What is sent to a camera and when: latest wins, Stop first, nobody at the key means Stop."""

import pytest

from controlroom.cameras.control.steering import (
    DEAD_MAN_S,
    LONGEST_STOP_PAUSE_S,
    LONGEST_STOP_WAIT_S,
    SteeringState,
)

RIGHT, LEFT = (0.5, 0.0, 0.0), (-0.5, 0.0, 0.0)
HOLD_S = 1.0


class Bench:
    """A steering with time in the test's hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.steering = SteeringState(lambda: self.now)

    def send(self, *, taken: bool = True) -> tuple[float, float, float] | None:
        velocity = self.steering.next_move(HOLD_S)
        if velocity is not None:
            self.steering.move_returned(velocity, taken=taken)
        return velocity

    def acknowledge(self) -> None:
        order = self.steering.next_stop()
        assert order is not None
        self.steering.stop_returned(order, taken=True)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_latest_wish_wins_and_is_sent_once(bench: Bench) -> None:
    bench.steering.want(RIGHT)
    bench.steering.want(LEFT)
    assert bench.send() == LEFT
    bench.steering.want(LEFT)
    assert bench.send() is None


def test_a_move_is_repeated_before_the_camera_ends_it_by_itself(bench: Bench) -> None:
    bench.steering.want(RIGHT)
    bench.send()
    bench.now += HOLD_S / 2
    bench.steering.want(RIGHT)
    assert bench.send() == RIGHT


def test_a_camera_that_knows_no_timeout_is_not_told_again(bench: Bench) -> None:
    bench.steering.want(RIGHT)
    bench.send()
    bench.now += 50
    bench.steering.want(RIGHT)
    assert bench.steering.next_move(None) is None
    assert bench.steering.move_thread_wakes_in(None) is None


def test_stop_goes_before_a_new_move(bench: Bench) -> None:
    bench.steering.want(RIGHT)
    bench.send()
    bench.steering.stop()
    bench.steering.want(LEFT)
    assert bench.send() is None
    bench.acknowledge()
    assert bench.send() == LEFT


def test_a_move_nobody_refreshes_becomes_a_stop(bench: Bench) -> None:
    bench.steering.want(RIGHT)
    bench.send()
    bench.now += DEAD_MAN_S - 0.01
    assert bench.steering.next_stop() is None
    assert bench.steering.stop_thread_wakes_in() == pytest.approx(0.01)
    bench.now += 0.02
    order = bench.steering.next_stop()
    assert order is not None
    assert "no sign from the desk" in order.why
    assert bench.send() is None


def test_a_stop_is_due_until_it_is_acknowledged_and_waits_longer_each_time(bench: Bench) -> None:
    bench.steering.stop()
    waits = []
    for _ in range(8):
        order = bench.steering.next_stop()
        assert order is not None
        waits.append(order.wait_s)
        bench.steering.stop_returned(order, taken=False)
        assert bench.steering.next_stop() is None
        bench.now += 2.0
    assert waits == [1, 2, 4, 4, 4, 4, 4, 4]
    bench.acknowledge()
    assert not bench.steering.may_be_moving


def test_a_second_stop_does_not_wait_for_the_first_to_be_due(bench: Bench) -> None:
    bench.steering.stop()
    order = bench.steering.next_stop()
    assert order is not None
    bench.steering.stop_returned(order, taken=False)
    bench.steering.stop()
    assert bench.steering.next_stop() is not None


def test_stop_is_repeated_when_a_late_move_comes_back_after_it(bench: Bench) -> None:
    bench.steering.want(RIGHT)
    late = bench.steering.next_move(HOLD_S)
    assert late is not None
    bench.steering.stop()
    bench.acknowledge()
    assert bench.steering.may_be_moving, "the move is still on its way"
    bench.steering.move_returned(late, taken=True)
    bench.acknowledge()
    assert not bench.steering.may_be_moving


def test_stop_is_repeated_when_nobody_knows_whether_a_late_move_arrived(bench: Bench) -> None:
    bench.steering.want(RIGHT)
    late = bench.steering.next_move(HOLD_S)
    assert late is not None
    bench.steering.stop()
    bench.acknowledge()
    bench.steering.move_returned(late, taken=False, uncertain=True)
    bench.acknowledge()
    assert not bench.steering.may_be_moving


def test_a_refused_first_move_needs_no_stop(bench: Bench) -> None:
    bench.steering.want(RIGHT)
    bench.send(taken=False)
    assert bench.steering.next_stop() is None
    assert not bench.steering.may_be_moving


def test_a_refused_change_of_direction_stops_what_was_moving(bench: Bench) -> None:
    bench.steering.want(RIGHT)
    bench.send()
    bench.steering.want(LEFT)
    bench.send(taken=False)
    assert bench.steering.next_stop() is not None


def test_what_is_wanted_after_a_stop_overtook_the_same_move_is_sent_again(bench: Bench) -> None:
    bench.steering.want(RIGHT)
    late = bench.steering.next_move(HOLD_S)
    assert late is not None
    bench.steering.stop()
    bench.acknowledge()
    bench.steering.want(RIGHT)
    bench.steering.move_returned(late, taken=True)
    assert bench.send() == RIGHT, "the camera may have obeyed the Stop last"


def test_a_long_movement_is_told_once(bench: Bench) -> None:
    told = 0
    for _ in range(60):
        bench.steering.want(RIGHT)
        bench.send()
        told += bench.steering.long_move()
        bench.now += 0.25
    assert told == 1
    bench.steering.stop()
    bench.acknowledge()
    assert bench.steering.stop_thread_wakes_in() is None


def test_a_stop_that_is_given_up_leaves_the_camera_steerable(bench: Bench) -> None:
    bench.steering.stop()
    order = bench.steering.next_stop()
    assert order is not None
    bench.steering.stop_returned(order, taken=False, give_up=True)
    bench.steering.want(RIGHT)
    assert bench.send() == RIGHT


def test_a_stop_is_due_however_long_the_camera_is_away(bench: Bench) -> None:
    bench.steering.stop()
    for _ in range(1100):
        order = bench.steering.next_stop()
        assert order is not None
        assert order.wait_s <= LONGEST_STOP_WAIT_S
        bench.steering.stop_returned(order, taken=False)
        bench.now += LONGEST_STOP_PAUSE_S
    assert bench.steering.next_stop() is not None
