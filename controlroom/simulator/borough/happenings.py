"""Invents what happened in the demonstration borough: incidents and routine entries, as plain facts without rows."""

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from controlroom.cameras.records import Camera
from controlroom.clock import local, local_date, london
from controlroom.declaration import Stay
from controlroom.incidents.records import IncidentAction, Result
from controlroom.log.search import MONTHS
from controlroom.simulator.borough import hours
from controlroom.simulator.borough.rota import Rota
from controlroom.simulator.borough.story_text import StoryWriter

A = IncidentAction
OWN_SIGHTING = "operator's own sighting"
PROACTIVE_SHARE = 0.35
_STORIES = Path(__file__).with_name("stories.toml")
_RETURNED = (
    "Times of the sightings are missing.", "Which cameras were searched?", "Crime reference is missing.",
    "Say who was informed, and when.", "Result does not fit the last entry.",
)  # fmt: skip
_NOT_ATTENDED = ("No unit was free.", "Stood down by Met Control.", "Gone before a unit was assigned.")
_REOPENED = (
    "A witness has come forward.",
    "Officer asks for a second look at the footage.",
    "Linked to a later offence.",
)


@dataclass(frozen=True)
class Line:
    """A log entry. `late_by` is how long after the event it was written."""

    at: datetime
    author: str
    category: str
    source: str
    text: str
    camera: Camera | None = None
    cad: str = ""
    late_by: timedelta = timedelta(seconds=20)


@dataclass(frozen=True)
class Taken:
    """A step that an incident took."""

    action: IncidentAction
    at: datetime
    author: str
    reason: str = ""
    result: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Told:
    """An agency that was informed."""

    at: datetime
    author: str
    agency: str
    note: str = ""


@dataclass
class Happening:
    """An incident from beginning to end; whatever would lie after `now` is left out when it is written."""

    at: datetime
    category: str
    source: str
    author: str
    camera: Camera
    cad: str = ""
    crime_reference: str = ""
    lines: list[Line] = field(default_factory=list)
    steps: list[Taken] = field(default_factory=list)
    informed: list[Told] = field(default_factory=list)


class EventGenerator:
    """Invents what happened between two moments, always the same from the same seed."""

    def __init__(
        self, rng: random.Random, cameras: Sequence[Camera], rota: Rota, stays: Mapping[int, Sequence[Stay]]
    ) -> None:
        self._rng, self._rota = rng, rota
        self._teller = StoryWriter(rng, cameras, stays)
        content = tomllib.loads(_STORIES.read_text(encoding="utf-8"))
        self._stories: list[dict[str, Any]] = content["story"]
        self._routine: list[dict[str, Any]] = content["routine"]
        self._special: list[dict[str, Any]] = content["special"]

    # -- routine ---------------------------------------------------------------------------------------------

    def routine(self, since: datetime, until: datetime) -> list[Line]:
        """Invent the routine entries of the log between incidents."""
        days = [local_date(since) + timedelta(days=each) for each in range((until - since).days + 2)]
        lines = []
        for kind in self._routine:
            first, last = kind.get("hours", (0, 24))
            for day in days:
                for _ in range(self._how_often(kind["per_day"])):
                    hour = self._rng.uniform(first, last)
                    at = london(day) + timedelta(hours=hour)
                    if since <= at < until:
                        lines.append(self._routine_line(kind, at))
        return lines

    def _how_often(self, a_day: float) -> int:
        """Draw a whole number of times, on average `a_day`; exactly that when it is whole."""
        return int(a_day) + (self._rng.random() < a_day % 1)

    def _routine_line(self, kind: Mapping[str, Any], at: datetime) -> Line:
        teller = self._teller
        deployable = kind.get("camera") == "rapid deployment"
        camera = self._rng.choice(teller.deployable_on(local_date(at))) if deployable else teller.somewhere()
        text, seen_on = teller.tell(self._rng.choice(kind["texts"]), camera, teller.officer())
        return Line(
            at=at,
            author=self._rng.choice(self._rota.operators(at)),
            category=kind["category"],
            source=kind.get("source", OWN_SIGHTING),
            text=text,
            camera=seen_on if kind.get("camera") else None,
            cad=self._cad(at) if kind["category"] == "look-out" and self._rng.random() < 0.6 else "",
            late_by=self._delay(),
        )

    # -- incidents -------------------------------------------------------------------------------------------

    def incidents(self, since: datetime, until: datetime, count: int) -> list[Happening]:
        """Invent `count` incidents, most of them on Friday and Saturday nights and when schools come out."""
        return [self._incident(at) for at in hours.moments(self._rng, since, until, count)]

    def _incident(self, at: datetime) -> Happening:
        rng = self._rng
        found = rng.random() < PROACTIVE_SHARE
        part = hours.period(at)
        fitting = [each for each in self._stories if each["seen" if found else "told"]]
        weights = [each["weight"] * (0.15 + each["times"].count(part)) for each in fitting]
        story = rng.choices(fitting, weights)[0]
        end = rng.choices(story["ends"], [each["weight"] for each in story["ends"]])[0]
        source = OWN_SIGHTING if found else rng.choice(story["sources"])
        police = (
            rng.random() < story["police"]
            or "{officer}" in end["text"]
            or source in ("Airwave", "Met Control")
        )
        happening = Happening(at, story["category"], source, self._on_duty(at), self._teller.somewhere())
        happening.cad = self._cad(at) if police else ""
        officer = self._teller.officer()
        opening = rng.choice(story["seen" if found else "told"])
        told = [beat for beat in story["beats"] if rng.random() < 0.5]
        when = at
        for index, words in enumerate((opening, *told, end["text"])):
            if index:
                when += timedelta(seconds=rng.randrange(70, 420))
            text, seen_on = self._teller.tell(words, happening.camera, officer)
            happening.lines.append(self._line_of(happening, when, text, seen_on))
        for agency in story.get("agencies", ())[: rng.randrange(0, 3)]:
            happening.informed.append(
                Told(at + timedelta(seconds=rng.randrange(60, 400)), happening.author, agency)
            )
        if end["result"] == "arrest" and rng.random() < 0.6:
            happening.crime_reference = f"{rng.randrange(100000, 999999):07d}/{local(at):%y}"
        arrived = "{officer}" in end["text"] or end["result"] == "arrest" or rng.random() < 0.6
        self._take_road(happening, when, end["result"], end["outcome"], police=police, arrived=arrived)
        self._review(happening)
        return happening

    def _line_of(self, happening: Happening, at: datetime, text: str, camera: Camera) -> Line:
        first = not happening.lines
        return Line(
            at=at,
            author=happening.author,
            category=happening.category,
            source=happening.source if first else OWN_SIGHTING,
            text=text,
            camera=camera,
            cad=happening.cad if first else "",
            late_by=self._delay(),
        )

    def _take_road(
        self,
        happening: Happening,
        closed_at: datetime,
        result: str,
        outcome: str,
        *,
        police: bool,
        arrived: bool,
    ) -> None:
        """Add the steps from monitoring to submitted, between the first line and a while after the last."""
        rng, author = self._rng, happening.author
        span = max(closed_at - happening.at, timedelta(minutes=4))
        add = happening.steps.append
        add(Taken(A.MONITOR, happening.at + min(span * 0.1, timedelta(minutes=2)), author))
        if police:
            add(Taken(A.INFORM_POLICE, happening.at + span * 0.2, author))
        if police and arrived:
            add(Taken(A.POLICE_ARRIVE, happening.at + span * 0.7, author))
        reason = rng.choice(_NOT_ATTENDED) if police and not arrived else ""
        concluded = happening.at + span + timedelta(minutes=rng.randrange(1, 6))
        add(Taken(A.CONCLUDE, concluded, author, reason, result, outcome))
        add(Taken(A.SUBMIT, concluded + timedelta(minutes=rng.randrange(5, 100)), author))

    def _review(self, happening: Happening) -> None:
        """Add a supervisor's review: mostly approved next day, sometimes returned first, seldom reopened later."""
        rng, add = self._rng, happening.steps.append
        at = happening.steps[-1].at + timedelta(minutes=rng.randrange(200, 1500))
        if rng.random() < 0.06:
            add(Taken(A.RETURN, at, self._rota.supervisor(at), rng.choice(_RETURNED)))
            at += timedelta(minutes=rng.randrange(90, 700))
            add(Taken(A.SUBMIT, at, happening.author))
            at += timedelta(minutes=rng.randrange(200, 1200))
        add(Taken(A.APPROVE, at, self._rota.supervisor(at)))
        if rng.random() < 0.01:
            concluded = next(each for each in happening.steps if each.action is A.CONCLUDE)
            at += timedelta(days=rng.randrange(2, 12))
            add(Taken(A.REOPEN, at, self._rota.supervisor(at), rng.choice(_REOPENED)))
            for action, minutes in ((A.MONITOR, 3), (A.CONCLUDE, 50), (A.SUBMIT, 70), (A.APPROVE, 900)):
                at += timedelta(minutes=minutes)
                by = self._rota.supervisor(at) if action is A.APPROVE else self._on_duty(at)
                ended = (concluded.result, concluded.outcome) if action is A.CONCLUDE else ("", "")
                add(Taken(action, at, by, "", *ended))

    # -- the cases the demonstration is shown with -----------------------------------------------------------

    def special(self, now: datetime) -> list[Happening]:
        """Return the cases that `stories.toml` tells in full, counted back from `now`."""
        return [self._special_case(case, now) for case in self._special]

    def _special_case(self, case: Mapping[str, Any], now: datetime) -> Happening:
        at = now - timedelta(hours=case["ago_hours"])
        camera = self._teller.in_street(case["street"])
        happening = Happening(at, case["category"], case["source"], self._on_duty(at), camera)
        happening.cad = self._cad(at) if case.get("police") else ""
        next_camera = self._teller.near(camera)
        for minutes, where, text in case["lines"]:
            seen_on = next_camera if where == "next" else camera
            happening.lines.append(self._line_of(happening, at + timedelta(minutes=minutes), text, seen_on))
        for minutes, agency, note in case.get("informed", ()):
            happening.informed.append(Told(at + timedelta(minutes=minutes), happening.author, agency, note))
        result = case.get("result", Result.NO_ACTION.value)
        closed_at = happening.lines[-1].at
        self._take_road(
            happening,
            closed_at,
            result,
            case.get("outcome", "none"),
            police=case.get("police", False),
            arrived=True,
        )
        self._review_special(happening, case)
        return happening

    def _review_special(self, happening: Happening, case: Mapping[str, Any]) -> None:
        until, at, add = case["until"], happening.steps[-1].at, happening.steps.append
        if "returned" in case:
            at += timedelta(hours=4)
            add(Taken(A.RETURN, at, self._rota.supervisor(at), case["returned"]))
        if "returned" in case and until == "submitted":
            add(Taken(A.SUBMIT, at + timedelta(hours=3), happening.author))
        if until == "approved":
            at += timedelta(hours=9)
            add(Taken(A.APPROVE, at, self._rota.supervisor(at)))
        if until == "open":
            happening.steps.clear()
        elif until in _LAST_STEP:
            actions = [each.action for each in happening.steps]
            del happening.steps[actions.index(_LAST_STEP[until]) + 1 :]

    # -- small facts -----------------------------------------------------------------------------------------

    def _on_duty(self, at: datetime) -> str:
        return self._rng.choice(self._rota.operators(at))

    def _delay(self) -> timedelta:
        late = self._rng.random() < 0.02
        return timedelta(seconds=self._rng.randrange(1200, 5400) if late else self._rng.randrange(8, 90))

    def _cad(self, at: datetime) -> str:
        """Make a job number as Met Control counts them: about nine thousand a day, from midnight."""
        here = local(at)
        number = int((here.hour * 60 + here.minute) / 1440 * 8900) + self._rng.randrange(1, 90)
        return f"{number}/{here.day:02d}{MONTHS[here.month - 1]}"


# The last step of a case that is still under way.
_LAST_STEP = {
    "monitoring": A.MONITOR,
    "police informed": A.INFORM_POLICE,
    "police on scene": A.POLICE_ARRIVE,
    "concluded": A.CONCLUDE,
}
