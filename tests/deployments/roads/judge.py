"""Judges a room's rapid deployment by its rows alone: plain SQL and a calendar of its own, nothing of the program.

Each rule returns what is wrong, in words; a road is lawful while all return nothing (rules 2 to 4, docs/rules.md).
"""

import calendar
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta

UP = "('installed', 'live', 'review due', 'extended', 'suspended', 'ending')"
WATCHING = "('live', 'review due', 'extended')"
OVER = "('not ratified', 'lapsed')"
CHAIR_DAYS = 35
DAY = timedelta(days=1)


def three_months(start: date) -> date:
    """The last day of a period: three calendar months later, clamped to the month's end, minus one day."""
    month, year = start.month + 3, start.year
    if month > 12:
        month, year = month - 12, year + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1])) - DAY


class Judge:
    """Reads the database `rows` as it is; `today` is the road's day."""

    def __init__(self, rows: sqlite3.Connection) -> None:
        self._rows = rows

    def verdict(self, today: date, *, looked: bool) -> list[str]:
        """Everything that is wrong; `looked` says that the calendar has been looked at today."""
        found = [*self._places(), *self._guards(), *self._periods(), *self._checks(), *self._decisions()]
        found += [*self._chair(), *self._removals()]
        if looked:
            found += [*self._told(today), *self._lapsed(today)]
        return found

    def _all(self, query: str, *values: object) -> list[tuple]:
        return self._rows.execute(query, values).fetchall()

    def _places(self) -> Iterator[str]:
        query = f"SELECT unit_id, count(*) FROM deployments WHERE state IN {UP} GROUP BY unit_id HAVING count(*) > 1"
        for unit, count in self._all(query):
            yield f"unit {unit} hangs in {count} places"

    def _guards(self) -> Iterator[str]:
        """No installation without decision, survey and DPIA before it; nothing live without signs and picture."""
        query = (
            "SELECT d.id, d.installed_on, d.live_on, j.outcome, j.bid_id = d.bid_id, j.decided_on FROM deployments d "
            "LEFT JOIN jag_decisions j ON j.id = d.decision_id WHERE d.installed_on IS NOT NULL"
        )
        for number, installed, live, outcome, own, decided in self._all(query):
            if outcome != "approved" or not own or decided > installed:
                yield f"deployment {number} was installed on {installed} without a decision"
            needed = [("survey", installed), ("dpia", installed)]
            needed += [("signs", live), ("picture", live)] if live else []
            for kind, until in needed:
                if not self._passed(number, kind, until):
                    yield f"deployment {number} went on without {kind} by {until}"

    def _passed(self, number: int, kind: str, until: str) -> bool:
        query = (
            "SELECT count(*) FROM deployment_checks WHERE deployment_id = ? AND kind = ? AND passed AND done_on <= ? "
            "AND (kind <> 'picture' OR length(picture_sha256) = 64)"
        )
        return self._all(query, number, kind, until)[0][0] > 0

    def _periods(self) -> Iterator[str]:
        """Three months from Live, each further one right after, by an extension of its own that stands."""
        query = (
            "SELECT p.deployment_id, p.number, p.starts_on, p.ends_on, d.live_on, j.subject, j.outcome, j.decided_on, "
            "j.id FROM deployment_periods p JOIN deployments d ON d.id = p.deployment_id "
            "JOIN jag_decisions j ON j.id = p.decision_id ORDER BY 1, 2"
        )
        before: dict[int, tuple[str, str]] = {}
        used: set[int] = set()
        for number, period, starts, ends, live, subject, outcome, decided, decision in self._all(query):
            expected = live if period == 1 else str(date.fromisoformat(before[number][1]) + DAY)
            if starts != expected:
                yield f"period {period} of {number} starts on {starts}, not {expected}"
            if ends != str(three_months(date.fromisoformat(starts))):
                yield f"period {period} of {number} ends on {ends}"
            wanted = ("bid", "approved") if period == 1 else ("deployment", "extended")
            if (subject, outcome) != wanted or decision in used:
                yield f"period {period} of {number} has no decision of its own"
            if period > 1 and decided < before[number][0]:
                yield f"period {period} of {number} was decided before the one before began"
            used.add(decision)
            before[number] = (starts, ends)

    def _checks(self) -> Iterator[str]:
        query = (
            f"SELECT d.id, c.kind FROM deployments d JOIN deployment_checks c ON c.deployment_id = d.id WHERE "
            f"d.state IN {WATCHING} AND NOT c.passed AND c.id = (SELECT max(id) FROM deployment_checks l WHERE "
            "l.deployment_id = d.id AND l.kind = c.kind)"
        )
        for number, kind in self._all(query):
            yield f"deployment {number} watches with a failed {kind}"

    def _decisions(self) -> Iterator[str]:
        query = (
            "SELECT meeting_id, bid_id, subject FROM jag_decisions WHERE meeting_id IS NOT NULL AND about_id IS NULL "
            "GROUP BY 1, 2, 3 HAVING count(*) > 1"
        )
        for meeting, bid, subject in self._all(query):
            yield f"meeting {meeting} decided twice about the {subject} of bid {bid}"
        early = "SELECT j.id FROM jag_decisions j JOIN jag_meetings m ON m.id = j.meeting_id WHERE j.decided_on < m.day"
        for (decision,) in self._all(early):
            yield f"decision {decision} was taken before its meeting met"

    def _chair(self) -> Iterator[str]:
        """No meeting was held since without an answer; nothing goes on with what was ended."""
        skipped = (
            "SELECT c.id FROM jag_decisions c JOIN jag_meetings m ON m.state = 'held' AND m.day > c.decided_on WHERE "
            "c.meeting_id IS NULL AND c.about_id IS NULL AND NOT EXISTS (SELECT 1 FROM jag_decisions a WHERE "
            "a.about_id = c.id AND a.decided_on <= (SELECT max(decided_on) FROM jag_decisions)) "
            "AND c.decided_on < (SELECT max(day) FROM jag_meetings WHERE state = 'held')"
        )
        for (decision,) in self._all(skipped):
            yield f"the chair's action {decision} outlived a meeting that was held"
        ended = (
            "SELECT d.id, d.state, d.live_on, a.decided_on, d.remove_by FROM jag_decisions a "
            f"JOIN deployments d ON d.bid_id = a.bid_id WHERE a.about_id IS NOT NULL AND a.outcome IN {OVER} "
            "AND a.subject = 'bid'"
        )
        for number, state, live, over, remove_by in self._all(ended):
            if state not in ("ending", "aborted", "removed", "evaluated", "closed"):
                yield f"deployment {number} is {state} on a chair's action that ended"
            if live is not None and live > over:
                yield f"deployment {number} went live on {live}, after its chair's action ended on {over}"
            if state == "ending" and (remove_by is None or remove_by > over):
                yield f"deployment {number} has no removal order of {over}"
        kept = (
            "SELECT p.deployment_id FROM deployment_periods p JOIN jag_decisions a ON a.about_id = p.decision_id "
            f"JOIN deployments d ON d.id = p.deployment_id WHERE a.outcome IN {OVER} AND d.state IN {UP} "
            "AND p.number > 1"
        )
        for (number,) in self._all(kept):
            yield f"deployment {number} keeps an extension that was not ratified"

    def _removals(self) -> Iterator[str]:
        query = (
            "SELECT d.id, d.remove_by, (SELECT max(ends_on) FROM deployment_periods p WHERE p.deployment_id = d.id) e, "
            "j.outcome FROM deployments d LEFT JOIN jag_decisions j ON j.id = d.removal_decision_id "
            "WHERE d.state = 'ending' AND d.remove_by > e"
        )
        for number, remove_by, end, outcome in self._all(query):
            if outcome not in ("ended", "not ratified", "lapsed"):
                yield f"deployment {number} may stand until {remove_by}, past {end}, by nobody's decision"
        without = "SELECT id FROM deployments WHERE state = 'ending' AND remove_by IS NULL"
        for (number,) in self._all(without):
            yield f"deployment {number} is to be removed by no day"

    def _told(self, today: date) -> Iterator[str]:
        """An alert today for everything that is up past its last day, or on a chair's action that ended."""
        query = (
            f"SELECT d.id, d.state, d.installed_on, d.remove_by, d.chair_ended_on, (SELECT max(ends_on) "
            f"FROM deployment_periods p WHERE p.deployment_id = d.id), EXISTS (SELECT 1 FROM deployment_alerts a "
            f"WHERE a.deployment_id = d.id AND a.day = ?) FROM deployments d WHERE d.state IN {UP}"
        )
        for number, state, installed, remove_by, chair, end, told in self._all(query, str(today)):
            last = remove_by if state == "ending" else end or str(three_months(date.fromisoformat(installed)))
            wanted = last < str(today) or (state == "ending" and chair is not None)
            if wanted and not told:
                yield f"nobody was told today of deployment {number}, {state} since {last}"

    def _lapsed(self, today: date) -> Iterator[str]:
        query = (
            "SELECT c.id, c.decided_on FROM jag_decisions c WHERE c.meeting_id IS NULL AND c.about_id IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM jag_decisions a WHERE a.about_id = c.id)"
        )
        for decision, decided in self._all(query):
            if date.fromisoformat(decided) + timedelta(days=CHAIR_DAYS) < today:
                yield f"the chair's action {decision} of {decided} stands after {CHAIR_DAYS} days"
