"""The demonstration's simulated cameras: a child process that lives as long as the demonstration does."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from controlroom.errors import Unavailable
from controlroom.simulator.borough.build import Endpoint

USER = "viewer"
PASSWORD_VARIABLE = "CONTROLROOM_DEMO_CAMERA_PASSWORD"  # noqa: S105 - a variable's name


@contextmanager
def simulated_cameras(names: list[tuple[str, str]], password: str) -> Iterator[dict[str, Endpoint]]:
    """Start one camera for each (number, name); yields where each answers, by number. Raises Unavailable."""
    command = [sys.executable, "-m", "controlroom.cli", "simulate", "--json", "--until-stdin-closes"]
    command += ["--cameras", str(len(names)), "--user", USER, "--password-env", PASSWORD_VARIABLE]
    for number, name in names:
        command += ["--name", f"{number}={name}"]
    environment = {**os.environ, PASSWORD_VARIABLE: password}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line.strip():
                raise Unavailable(
                    "The simulated cameras did not start.", remedy="`controlroom simulate` says why."
                )
            yield {each["number"]: _endpoint(each, password) for each in json.loads(line)["cameras"]}
        finally:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _endpoint(camera: dict[str, Any], password: str) -> Endpoint:
    return Endpoint(
        host=camera["host"],
        port=camera["onvif_port"],
        username=USER,
        password=password,
        main_stream=camera["main"],
        sub_stream=camera["sub"],
        make=camera.get("make", ""),
        model=camera.get("model", ""),
    )
