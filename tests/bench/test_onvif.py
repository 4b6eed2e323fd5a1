"""Cameras identified over ONVIF, with the program's client and with stock onvif-zeep."""

from dataclasses import replace

from controlroom.bench.onvif import run


def test_both_clients_read_the_same_of_every_camera():
    measured = run(3)
    assert (measured.cameras, measured.connected) == (3, 3)
    assert measured.cpu_s > 0 and measured.wall_s > 0
    assert "construct_ratio" in replace(measured, construct_ratio=19.9).broken
    assert "connected" in replace(measured, connected=2).broken
