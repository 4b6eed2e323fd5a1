"""Reads how the processes behind this desk are: its own, its children, the recorder and the recorder's children."""

import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

from controlroom import __version__
from controlroom.app.room import Room
from controlroom.errors import Unavailable
from controlroom.processes.records import ProcessHealth, ProcessState
from controlroom.processes.supervised import memory_of
from controlroom.recording.records import JobState, RecorderPresence, RecorderSnapshot
from controlroom.ui.pages.status.process_lines import ProcessLine, ProcessPart

log = logging.getLogger(__name__)

_STATES = {
    RecorderPresence.RUNNING: ProcessState.RUNNING,
    RecorderPresence.STARTING: ProcessState.STARTING,
    RecorderPresence.AWAY: ProcessState.RESTARTING,
    RecorderPresence.OFF: ProcessState.STOPPED,
}
_MEDIA = (
    "Opens the cameras' streams, decodes them and hands pictures to the wall.",
    "its tiles are veiled and dated; it is back within three seconds.",
)
_CONTROL = (
    "Speaks ONVIF to the cameras: steering, presets, asking a camera about itself.",
    "no camera can be steered; one that moved is stopped by its next life, or by the recorder.",
)
_RECORDERS_CONTROL = (
    "Looks at the cameras for the recorder, and stops those whose desk fell silent.",
    "camera health stands still; a camera left moving is stopped once it is back.",
)
_RECORDER = (
    "Watches over the cameras' health, stops cameras whose desk fell silent, and does what is done by the clock.",
    "nobody stops a camera when a whole workstation fails in mid-move; alerts, backups and signatures wait and are "
    "caught up.",
)


class ProcessStatus:
    """Reads the lines; quick enough for the window's thread."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._began = time.monotonic()

    def lines(self) -> list[ProcessLine]:
        """Every process."""
        age = time.monotonic() - self._began
        own = ProcessHealth("desk", os.getpid(), ProcessState.RUNNING, age, 0, None, memory_of(os.getpid()))
        found = [ProcessLine(own, ProcessPart.DESK, "This window, and everything that is saved from it.", "")]
        for health in self._room.supervisor.health():
            words = _CONTROL if health.name == "control" else _MEDIA
            found.append(ProcessLine(health, ProcessPart.CHILD, *words))
        return found + self._recorder()

    def jobs(self) -> Sequence[JobState]:
        """The recorder's jobs, as it last told them."""
        snapshot = self._snapshot()
        return snapshot.state.jobs if snapshot is not None and snapshot.state is not None else ()

    def facts(self) -> list[tuple[str, str]]:
        """Of this installation."""
        snapshot = self._snapshot()
        facts = [("Version", __version__), ("Data", _short(self._room.services.folder))]
        if snapshot is not None and snapshot.state is not None:
            counts = ", ".join(f"{count} {word}" for word, count in sorted(snapshot.state.counts.items()))
            facts += [("Cameras", counts), ("Stopped for silent desks", str(snapshot.state.stops))]
        return facts

    def restart(self, line: ProcessLine) -> None:
        """Start a process again; waits. Raises Unavailable."""
        log.info("%s is started again on request", line.name)
        recorder = self._room.recorder
        if line.part is ProcessPart.CHILD:
            self._room.supervisor.restart(line.health.name)
        elif recorder is None:
            raise Unavailable("This desk looks after no recorder.", remedy="Switch it on in the settings.")
        elif line.part is ProcessPart.RECORDERS_CHILD:
            recorder.restart_process(line.health.name)
        elif line.part is ProcessPart.RECORDER:
            recorder.restart()

    def _snapshot(self) -> RecorderSnapshot | None:
        return self._room.recorder.snapshot() if self._room.recorder is not None else None

    def _recorder(self) -> list[ProcessLine]:
        snapshot = self._snapshot()
        if snapshot is None:
            health = ProcessHealth(
                "recorder", None, ProcessState.STOPPED, 0, 0, None, None, "switched off in the settings"
            )
            return [ProcessLine(health, ProcessPart.RECORDER, *_RECORDER, restartable=False, off=True)]
        state = snapshot.state
        health = ProcessHealth(
            "recorder",
            state.pid if state is not None else None,
            _STATES[snapshot.presence],
            state.age_s if state is not None else 0.0,
            snapshot.restarts,
            snapshot.heard_age_s,
            state.memory_bytes if state is not None else None,
            snapshot.reason,
        )
        recorder = self._room.recorder
        here = recorder is not None and recorder.here
        off = snapshot.presence is RecorderPresence.OFF
        lines = [ProcessLine(health, ProcessPart.RECORDER, *_RECORDER, restartable=here and not off, off=off)]
        children = state.processes if state is not None else ()
        return lines + [
            ProcessLine(child, ProcessPart.RECORDERS_CHILD, *_RECORDERS_CONTROL) for child in children
        ]


def _short(folder: Path) -> str:
    text = str(folder)
    return text if len(text) <= 60 else f"…{text[-58:]}"
