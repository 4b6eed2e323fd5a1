"""Looks after the recorder for a desk: starts one when there is none, and tells the control process where it is."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from sqlalchemy.engine import make_url

from controlroom.cameras.control_client import ControlClient
from controlroom.database.engine import room_url
from controlroom.database.server_engine import is_server
from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.recording.storage_folder import CONTACT, RecorderStorage
from controlroom.settings import Settings


class RecorderUse(StrEnum):
    """What a desk does about the recorder."""

    NONE = "none"
    """Nothing: no recorder is started or looked for."""
    SHARED = "shared"
    """It is started when there is none, and outlives the desk."""
    OWN = "own"
    """The demonstration's: it ends with the desk, however the desk ends."""


@contextmanager
def recorder_beside(
    use: RecorderUse, folder: Path, url: str | None, chosen: Settings, control: ControlClient
) -> Iterator[RecorderSupervisor | None]:
    """Look after the recorder until the block ends; None where none is wanted."""
    if use is RecorderUse.NONE or (chosen.recorder == "off" and chosen.recorder_contact == CONTACT):
        yield None
        return
    supervisor = make_supervisor(use, folder, url, chosen, control)
    control.lease_at(None, desk_name(), expected=True)
    supervisor.open()
    try:
        yield supervisor
    finally:
        if use is RecorderUse.OWN or supervisor.end_with_desk:
            supervisor.end()
        supervisor.close()


def make_supervisor(
    use: RecorderUse, folder: Path, url: str | None, chosen: Settings, control: ControlClient
) -> RecorderSupervisor:
    """The desk's supervisor. Every recorder it finds is told to the control process, which renews leases there."""
    desk = desk_name()
    elsewhere = chosen.recorder_contact != CONTACT
    return RecorderSupervisor(
        folder.resolve(),
        RecorderStorage.of(folder, chosen),
        url=url,
        contact_file=folder / chosen.recorder_contact if elsewhere else None,
        start=chosen.recorder == "start" and not elsewhere and may_connect(folder, url),
        with_desk=os.getpid() if use is RecorderUse.OWN else 0,
        on_contact=lambda contact: control.lease_at(contact, desk),
    )


def desk_name() -> str:
    """What the recorder calls this desk: its computer and process."""
    return f"{socket.gethostname()} {os.getpid()}"


def may_connect(folder: Path, url: str | None) -> bool:
    """False on a workstation of a PostgreSQL room that holds no secret of the recorder: there it runs on a server."""
    address = room_url(folder, url, process="recorder")
    return not is_server(address) or bool(make_url(address).username)
