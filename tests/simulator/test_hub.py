"""One stream for many clients: each begins at a key frame, none waits for another, nobody watching means no work."""

from collections.abc import Callable

from controlroom.simulator.media.hub import AccessUnit, Hub, RtpFrame
from controlroom.simulator.rtsp.transport import Client
from controlroom.simulator.settings import SUB, StreamShape


class Studio:
    """A source under the test's hand."""

    can_reshape = False

    def __init__(self, *, keeps_keys: bool = False) -> None:
        self.keeps_keys = keeps_keys
        self.deliver: Callable[[AccessUnit], None] | None = None
        self.keys_wanted = 0
        self._number = 0

    def parameters(self) -> str:
        return ""

    def start(self, deliver: Callable[[AccessUnit], None]) -> None:
        self.deliver = deliver

    def stop(self) -> None:
        self.deliver = None

    def want_key(self) -> None:
        self.keys_wanted += 1

    def reshape(self, shape: StreamShape) -> None:
        """Not this one."""

    def shoot(self, *, key: bool = False) -> None:
        self._number += 1
        assert self.deliver is not None
        self.deliver(AccessUnit([b"\x65one", b"\x65two"], key, self._number / 15, self._number))


class Wire:
    """Takes everything, or nothing."""

    def __init__(self) -> None:
        self.frames: list[RtpFrame] = []
        self.reports: list[bytes] = []
        self.full = False
        self.stuck_for_s = 0.0

    def send(self, frame: RtpFrame) -> bool:
        if not self.full:
            self.frames.append(frame)
        return not self.full

    def send_report(self, report: bytes) -> None:
        self.reports.append(report)


def watch(hub: Hub) -> tuple[Client, Wire]:
    wire = Wire()
    client = Client(wire, hub.ssrc)
    hub.join(client)
    return client, wire


def sequence_numbers(frames: list[RtpFrame]) -> list[int]:
    return [int.from_bytes(packet[2:4]) for frame in frames for packet in frame.packets]


def test_the_source_runs_only_while_somebody_watches() -> None:
    studio = Studio()
    hub = Hub(SUB, studio)
    assert studio.deliver is None
    first, _ = watch(hub)
    second, _ = watch(hub)
    hub.leave(first)
    assert studio.deliver is not None
    hub.leave(second)
    assert studio.deliver is None and hub.watchers == 0
    hub.leave(second)


def test_a_client_is_sent_nothing_before_a_key_frame_and_asks_for_one() -> None:
    studio = Studio()
    hub = Hub(SUB, studio)
    _, wire = watch(hub)
    studio.shoot()
    assert not wire.frames and studio.keys_wanted == 1
    studio.shoot(key=True)
    studio.shoot()
    assert [frame.key for frame in wire.frames] == [True, False]


def test_where_no_key_can_be_made_a_newcomer_gets_the_running_group_at_once() -> None:
    studio = Studio(keeps_keys=True)
    hub = Hub(SUB, studio)
    watch(hub)
    studio.shoot(key=True)
    studio.shoot()
    _, late = watch(hub)
    assert [frame.key for frame in late.frames] == [True, False]
    studio.shoot()
    numbers = sequence_numbers(late.frames)
    assert numbers == [(numbers[0] + step) & 0xFFFF for step in range(6)]


def test_the_same_packets_go_to_everybody_numbered_without_a_gap() -> None:
    studio = Studio()
    hub = Hub(SUB, studio)
    (_, one), (_, other) = watch(hub), watch(hub)
    for number in range(40):
        studio.shoot(key=number % 15 == 0)
    assert one.frames == other.frames
    numbers = sequence_numbers(one.frames)
    assert numbers == [(numbers[0] + step) & 0xFFFF for step in range(80)]
    assert [packet[1] >> 7 for packet in one.frames[0].packets] == [0, 1]
    steps = {two.timestamp - one.timestamp for one, two in zip(one.frames, one.frames[1:], strict=False)}
    assert steps <= {6000, 6001, 5999}


def test_a_slow_client_loses_pictures_up_to_a_key_frame_and_the_others_lose_none() -> None:
    studio = Studio()
    hub = Hub(SUB, studio)
    (slow, slow_wire), (_, quick_wire) = watch(hub), watch(hub)
    studio.shoot(key=True)
    slow_wire.full = True
    studio.shoot()
    slow_wire.full = False
    studio.shoot()
    studio.shoot()
    studio.shoot(key=True)
    assert [frame.key for frame in slow_wire.frames] == [True, True]
    assert slow.dropped == 3
    assert len(quick_wire.frames) == 5


def test_a_client_that_leaves_while_a_frame_goes_round_stays_gone() -> None:
    studio = Studio()
    hub = Hub(SUB, studio)

    class Leaver:
        def take(self, frame: RtpFrame) -> None:
            hub.leave(self)
            hub.leave(bystander)

    leaver = Leaver()
    hub.join(leaver)
    bystander, wire = watch(hub)
    studio.shoot(key=True)
    assert hub.watchers == 0 and not wire.frames


def test_the_sending_moment_is_noted_once_for_each_picture() -> None:
    noted: list[int] = []
    studio = Studio()
    hub = Hub(SUB, studio, noted.append)
    watch(hub)
    watch(hub)
    studio.shoot(key=True)
    studio.shoot()
    assert noted == [1, 2]
    assert hub.pictures == 2


def test_reports_carry_what_was_sent() -> None:
    studio = Studio()
    hub = Hub(SUB, studio)
    _, wire = watch(hub)
    studio.shoot(key=True)
    report = wire.reports[0]
    assert report[1] == 200 and int.from_bytes(report[4:8]) == hub.ssrc
    assert int.from_bytes(report[16:20]) == wire.frames[0].timestamp
    assert int.from_bytes(report[20:24]) == 2
    assert report[28 + 1] == 202
