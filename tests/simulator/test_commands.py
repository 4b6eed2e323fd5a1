"""`controlroom simulate`: what it prints is enough to sign in to its cameras."""

import os
import re
import subprocess
import sys

import pytest

from controlroom.cameras.devices import DeviceAddress
from controlroom.cameras.onvif.probe import probe


@pytest.mark.parametrize("secret", ["", "of the environment"])
def test_it_prints_how_its_cameras_are_signed_in_to(secret: str) -> None:
    words = [
        "simulate",
        "--cameras",
        "1",
        "--base-port",
        "0",
        "--no-discovery",
        "--until-stdin-closes",
        "--loops",
    ]
    more = ["--password-env", "FOR_CAMERAS"] if secret else []
    with subprocess.Popen(
        [sys.executable, "-m", "controlroom.cli", *words, *more],
        env={**os.environ, "FOR_CAMERAS": secret},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as simulator:
        assert simulator.stdout is not None
        first, camera = simulator.stdout.readline(), simulator.stdout.readline()
        user = re.search(r"user (\w+)", first)
        place = re.search(r"ONVIF ([\d.]+):(\d+)", camera)
        assert user is not None
        assert place is not None
        if secret:
            assert "FOR_CAMERAS" in first
            assert secret not in first + camera, "a secret is not shown"
            password = secret
        else:
            printed = re.search(r"password '(.*)'", first)
            assert printed is not None
            password = printed[1]
        assert probe(DeviceAddress(place[1], int(place[2]), user[1], password)).make
        simulator.communicate("")
