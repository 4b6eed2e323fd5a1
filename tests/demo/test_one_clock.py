"""A clock set for the demonstration reaches the processes it starts: the simulated cameras and the recorder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from controlroom.cameras.devices import DeviceAddress
from controlroom.cameras.onvif.probe import probe
from controlroom.clock import AHEAD_VARIABLE, Clock, SystemClock, process_clock, set_process_clock
from controlroom.recording.health_store import HealthService
from controlroom.recording.records import CameraHealth, HealthState
from controlroom.simulator.fleet import Fleet
from tests.recording.test_recorder_process import site_at
from tests.waiting import wait_until

CHANGE_NIGHT = datetime(2047, 10, 27, 0, 30, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of this process, set to the night the clocks go back."""
    monkeypatch.setenv(AHEAD_VARIABLE, "0")  # so that it is put back as it was
    set_process_clock(CHANGE_NIGHT)
    return process_clock()


def test_the_recorder_and_the_cameras_live_in_the_demonstrations_time(tmp_path: Path, clock: Clock) -> None:
    with Fleet(1) as fleet, site_at(tmp_path, fleet) as site:
        camera = fleet.cameras[0]
        address = DeviceAddress(camera.host, camera.onvif_port, camera.username, camera.password)
        against_the_computer = probe(address, clock=SystemClock()).clock_drift_s
        assert against_the_computer == pytest.approx(
            (clock.now() - SystemClock().now()).total_seconds(), abs=60
        )
        site.open()
        service = HealthService(site.room.database)

        def seen() -> CameraHealth | None:
            return service.current(site.room.operator).get(site.camera_id)

        wait_until(lambda: (found := seen()) is not None and found.state is HealthState.ONLINE, "seen online")
        found = seen()
        assert found is not None and found.clock_drift_s is not None
        assert CHANGE_NIGHT <= found.looked_at <= clock.now()
        assert abs(found.clock_drift_s) < 60
