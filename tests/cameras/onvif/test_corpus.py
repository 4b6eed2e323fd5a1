"""Replies recorded from real cameras: each gives a usable record or a clear fault, never a traceback."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from controlroom.cameras.devices import DeviceFault, DeviceReport, PtzAbilities
from controlroom.cameras.onvif import probe as probing
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import PtzCapabilities, read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cameras.onvif.wsdl import Service
from tests.cameras.onvif.loopback import corpus_camera

_CORPUS = os.environ.get("CONTROLROOM_ONVIF_CORPUS", "")
MODELS = sorted(folder.name for folder in Path(_CORPUS).iterdir() if folder.is_dir()) if _CORPUS else []
HEADS = [model for model in MODELS if (Path(_CORPUS) / model / "ptz").exists()]
UNUSABLE = {
    "SUNBA.405",
    "unknown",
}  # a test tool's log in place of profiles; XML broken inside its namespaces

pytestmark = pytest.mark.skipif(
    not MODELS, reason="CONTROLROOM_ONVIF_CORPUS names no folder of recorded replies"
)


def result_of(ask: Callable[[], object]) -> object:
    """What `ask` gives, or the fault it raises; anything else fails the test."""
    try:
        return ask()
    except DeviceFault as fault:
        return fault


@pytest.mark.parametrize("model", MODELS or [""])
def test_every_recorded_camera_gives_a_report_or_a_clear_fault(model: str) -> None:
    with corpus_camera(Path(_CORPUS) / model) as camera:
        report = result_of(lambda: probing.probe(camera.address))
    if model in UNUSABLE:
        assert isinstance(report, DeviceFault)
        assert "127.0.0.1" in str(report)
        return
    assert isinstance(report, DeviceReport)
    assert report.model
    assert report.profiles
    assert report.clock_drift_s is not None
    assert all(profile.width or model == "ENP1A14-IR_25X" for profile in report.profiles)
    assert all("//127.0.0.1" in each.stream_url for each in report.profiles if each.stream_url)


@pytest.mark.parametrize("model", HEADS or [""])
def test_every_recorded_head_is_learned_and_steered(model: str) -> None:
    with corpus_camera(Path(_CORPUS) / model) as camera:
        session = CameraSession(camera.address)
        session.services[Service.PTZ] = session.at_typed_address("/onvif/ptz")
        capabilities = PtzCapabilities("profile", PtzAbilities(pan_tilt=True, zoom=True))
        if model not in UNUSABLE:
            basics = probing.read_basics(session)
            learned = read_ptz_capabilities(session, basics.profiles, basics.make)
            assert learned is not None
            capabilities = learned
        head = PtzHead(session, capabilities)
        assert head.capabilities.abilities.pan_tilt
        head.status()
        head.move(0.5, 0, 0)
        head.stop()
        presets = head.stored.list()
        assert all(preset.token and preset.name for preset in presets)
        assert len(presets) > 30 or model == "happytimesoft"
        session.close()
