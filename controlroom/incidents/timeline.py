"""Makes an incident's timeline: entries, addenda and steps as one list of lines to read aloud. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from controlroom.incidents.records import Incident, IncidentAction, IncidentStep, StepKind, StepLine
from controlroom.log.records import LogEntry, TimelineLine, line_of_addendum, line_of_entry

_MOVES = {
    IncidentAction.MONITOR: "Monitoring started",
    IncidentAction.INFORM_POLICE: "Police informed",
    IncidentAction.POLICE_ARRIVE: "Police on scene",
    IncidentAction.CONCLUDE: "Concluded",
    IncidentAction.SUBMIT: "Submitted for review",
    IncidentAction.APPROVE: "Approved",
    IncidentAction.RETURN: "Returned",
    IncidentAction.REOPEN: "Reopened",
}


def timeline(
    incident: Incident, entries: Iterable[LogEntry], steps: Iterable[IncidentStep]
) -> tuple[TimelineLine, ...]:
    """Everything in the order it happened; what happened at the same moment in the order it was written.

    It begins with the opening, and a step never stands before the one it follows: two desks' clocks may differ. A step
    whose time somebody gave stands where they put it.
    """
    written, placed = list(entries), _placed(steps)
    added = [each for entry in written for each in entry.addenda]
    lines = [
        *(
            ((stands, max(stands, each.recorded_at), _WEIGHT[each.kind], each.id), _of_step(incident, each))
            for stands, each in placed
        ),
        *(((each.occurred_at, each.recorded_at, 1, each.id), line_of_entry(each)) for each in written),
        *(((each.written_at, each.written_at, 2, each.id), line_of_addendum(each)) for each in added),
    ]
    return tuple(line for _, line in sorted(lines, key=lambda pair: (not _is_opening(pair[1]), pair[0])))


def _is_opening(line: TimelineLine) -> bool:
    return isinstance(line, StepLine) and line.step.kind is StepKind.OPENED


def _placed(steps: Iterable[IncidentStep]) -> list[tuple[datetime, IncidentStep]]:
    """Each step, in the order they were taken, with the moment at which it stands in the timeline."""
    placed: list[tuple[datetime, IncidentStep]] = []
    before = None
    for step in sorted(steps, key=lambda each: each.id):
        by_the_clock = step.at == step.recorded_at and step.kind is not StepKind.OPENED
        stands = max(step.at, before) if by_the_clock and before is not None else step.at
        if by_the_clock:
            before = stands
        placed.append((stands, step))
    return placed


_WEIGHT = {
    StepKind.OPENED: 0,
    StepKind.MOVED: 3,
    StepKind.INFORMED: 3,
    StepKind.AMENDED: 3,
    StepKind.ADDENDUM: 4,
}


def _of_step(incident: Incident, step: IncidentStep) -> StepLine:
    text = " ".join(part for part in (step.reason, step.text) if part)
    return StepLine(step.at, step.author, _title(incident, step), text, step=step)


def _title(incident: Incident, step: IncidentStep) -> str:
    if step.kind is StepKind.OPENED:
        return f"{incident.reference} opened: {step.detail}"
    if step.kind is StepKind.INFORMED:
        return f"{step.agency} informed" + (f", {step.detail}" if step.detail else "")
    if step.kind is StepKind.AMENDED:
        return f"Changed: {step.detail}"
    if step.kind is StepKind.ADDENDUM:
        return "Addendum"
    title = _MOVES.get(IncidentAction(step.action), step.action)
    extra = [step.result, "" if step.outcome in ("", "none", step.result) else step.outcome, step.detail]
    said = ", ".join(part for part in extra if part)
    return f"{title}: {said}" if said else title


def read_aloud(lines: Sequence[TimelineLine], show_time: Callable[[datetime], str]) -> str:
    """The timeline as plain sentences, one a line, for reading out over the radio or copying into a statement."""
    return "\n".join(
        f"{show_time(line.at)}  {line.title}. {line.text}".rstrip() + f" ({line.author})" for line in lines
    )
