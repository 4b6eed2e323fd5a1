"""Describes the processes behind the desk, and the recorder's jobs, as lines of the status page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from controlroom.clock import show_moment
from controlroom.processes.records import ProcessHealth, ProcessState
from controlroom.recording.records import JobState, RunOutcome
from controlroom.ui import theme
from controlroom.ui.kit.table_model import Column

LATE_BEAT_S = 3.0  # a child beats every second
_MARKS = {
    ProcessState.RUNNING: "live",
    ProcessState.STARTING: "idle",
    ProcessState.RESTARTING: "warn",
    ProcessState.FAILING: "alarm",
    ProcessState.STOPPED: "alarm",
}
_JOB_MARKS = {
    RunOutcome.NEVER: "idle",
    RunOutcome.RUNNING: "live",
    RunOutcome.DONE: "live",
    RunOutcome.FAILED: "alarm",
}


class ProcessPart(StrEnum):
    """Whose process it is."""

    DESK = "desk"
    CHILD = "child of this desk"
    RECORDER = "recorder"
    RECORDERS_CHILD = "child of the recorder"


@dataclass(frozen=True)
class ProcessLine:
    """One process. `does` and `when_down` are told beside it; `off`: nobody wants it to run."""

    health: ProcessHealth
    part: ProcessPart = ProcessPart.CHILD
    does: str = ""
    when_down: str = ""
    restartable: bool = True
    off: bool = False

    @property
    def key(self) -> str:
        """Tells lines apart."""
        return f"{self.part} {self.health.name}"

    @property
    def name(self) -> str:
        return (
            f"{self.health.name} (recorder's)"
            if self.part is ProcessPart.RECORDERS_CHILD
            else self.health.name
        )

    @property
    def running(self) -> bool:
        return self.health.state is ProcessState.RUNNING

    @property
    def late(self) -> bool:
        """True when its last answer is older than it should be."""
        beat = self.health.last_beat_age_s
        return self.part is not ProcessPart.RECORDER and beat is not None and beat > LATE_BEAT_S

    @property
    def mark(self) -> str:
        """The theme's state for its mark."""
        if self.off:
            return "idle"
        return "warn" if self.running and self.late else _MARKS[self.health.state]

    @property
    def word(self) -> str:
        return "switched off" if self.off else self.health.state.value


def process_columns() -> list[Column[ProcessLine]]:
    """The columns of the list of processes."""
    return [
        Column("State", lambda line: line.word, state=lambda line: line.mark, width=130),
        Column("Process", lambda line: line.name, width=180, weight=theme.STRONG, stretch=True),
        Column(
            "Number (pid)",
            lambda line: str(line.health.pid) if line.health.pid is not None else "none",
            sort_key=lambda line: line.health.pid or 0,
            align="right",
            width=118,
            role="text_dim",
        ),
        Column(
            "Running for",
            lambda line: "" if line.off else age_words(line.health.age_s),
            sort_key=lambda line: line.health.age_s,
            align="right",
            width=112,
        ),
        Column(
            "Restarts",
            lambda line: str(line.health.restarts),
            sort_key=lambda line: line.health.restarts,
            role=lambda line: "warn" if line.health.restarts else "text",
            align="right",
            width=92,
            tip=lambda line: line.health.reason,
        ),
        Column(
            "Memory",
            lambda line: memory_words(line.health.memory_bytes),
            sort_key=lambda line: line.health.memory_bytes or 0,
            align="right",
            width=100,
            tip=lambda _: "Resident memory; what processes share is counted with each",
        ),
        Column(
            "Last answer",
            _answer_words,
            sort_key=lambda line: (
                -1.0 if line.health.last_beat_age_s is None else line.health.last_beat_age_s
            ),
            role=lambda line: "warn" if line.late else "text_dim",
            align="right",
            width=112,
        ),
    ]


def process_facts(line: ProcessLine) -> list[tuple[str, str]]:
    """A process as facts."""
    health = line.health
    return [
        ("State", line.word),
        ("Process", str(health.pid) if health.pid is not None else "none"),
        ("Running for", "" if line.off else age_words(health.age_s)),
        ("Memory", memory_words(health.memory_bytes)),
        ("Restarts", str(health.restarts)),
        ("Last trouble" if line.running else "Why", health.reason),
    ]


def job_columns() -> list[Column[JobState]]:
    """The columns of the list of jobs."""
    return [
        Column(
            "State",
            lambda job: job.outcome.value,
            sort_key=lambda job: (_JOB_MARKS[job.outcome] != "alarm", job.title),
            state=lambda job: _JOB_MARKS[job.outcome],
            width=130,
        ),
        Column("Job", lambda job: job.title, width=200, weight=theme.STRONG),
        Column(
            "What it did",
            lambda job: job.words,
            role=lambda job: "alarm" if job.outcome is RunOutcome.FAILED else "text",
            stretch=True,
            tip=lambda job: job.words,
            width=220,
        ),
        Column(
            "Last run",
            lambda job: _when(job.last_run) if job.outcome is not RunOutcome.NEVER else "",
            sort_key=lambda job: job.last_run,
            width=150,
            role="text_dim",
        ),
        Column(
            "Next",
            lambda job: _when(job.next_due),
            sort_key=lambda job: job.next_due,
            width=150,
            role="text_dim",
        ),
    ]


def age_words(seconds: float) -> str:
    """`42 s`, `12 min`, `3 h 05 min`, `2 d 4 h`."""
    whole = int(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min"
    if whole < 172_800:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def memory_words(size: int | None) -> str:
    """`84 MB`, `1.2 GB`, or nothing where it is not known."""
    if size is None:
        return ""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _answer_words(line: ProcessLine) -> str:
    if line.part is ProcessPart.DESK or line.off:
        return ""
    beat = line.health.last_beat_age_s
    return "none yet" if beat is None else f"{beat:.1f} s ago"


def _when(moment: datetime | None) -> str:
    return show_moment(moment) if moment is not None else ""
