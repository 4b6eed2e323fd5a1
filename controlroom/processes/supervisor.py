"""Supervises all child processes of one desk (or of the recorder) and runs the watchdog over them.

The life of a single child is in `supervised.py`; when it is started again is decided in `rules.py`.
"""

import logging
import threading
import time

from controlroom.processes.records import ProcessHealth
from controlroom.processes.run_folder import RunFolder
from controlroom.processes.supervised import SupervisedProcess

log = logging.getLogger(__name__)

WATCH_EVERY_S = 0.25
ASLEEP_S = 2.0  # a watchdog that wakes this late was suspended with everything else


class Supervisor:
    """Starts children, ends hung ones, and shuts all of them down together."""

    def __init__(self, run_folder: RunFolder) -> None:
        self.run_folder = run_folder
        self._children: list[SupervisedProcess] = []
        self._closing = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def add(self, child: SupervisedProcess) -> SupervisedProcess:
        self._children.append(child)
        child.start(self.run_folder)
        if not self._watchdog.is_alive() and not self._closing.is_set():
            self._watchdog.start()
        return child

    def health(self) -> list[ProcessHealth]:
        return [child.health() for child in self._children]

    def restart(self, name: str) -> bool:
        """Start the child of that name again; False when there is none. May take half a second."""
        child = next((each for each in self._children if each.name == name), None)
        if child is not None:
            child.restart()
        return child is not None

    def close(self, timeout_s: float = 3.0) -> None:
        """Ask every child to exit, wait `timeout_s` for all of them, then end the rest by force."""
        self._closing.set()
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + timeout_s
        for child in self._children:
            child.wait_stopped(deadline)

    def _watch(self) -> None:
        looked = time.monotonic()
        while not self._closing.wait(WATCH_EVERY_S):
            asleep = time.monotonic() - looked > ASLEEP_S
            looked = time.monotonic()
            for child in list(self._children):
                if asleep:
                    child.be_patient()
                child.kill_if_hung()
