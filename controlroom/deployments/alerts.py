"""The clock's own work: the daily alert for what is past its end, and the moves the calendar makes."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.clock import local_date
from controlroom.database.unit_of_work import Work
from controlroom.deployments import moves, rules
from controlroom.deployments.base import DeploymentBase
from controlroom.deployments.loading import deployments_query, load
from controlroom.deployments.records import Alert, Deployment, DeploymentState, Standing
from controlroom.deployments.running import calendar_state
from controlroom.deployments.tables import AlertRow, DeploymentRow

_S = DeploymentState


class Alerts(DeploymentBase):
    """Raises what has to be decided, every day until it is."""

    def alerts(self, today: date | None = None) -> list[Alert]:
        """Raise the day's alert for every deployment past its end and undecided; return those, longest past first.

        Alerts are rows, not worked out when read: that the room was told on a day has to be provable after somebody
        decided. Raising is idempotent (one a day and deployment, held by the database), and a day on which nothing
        ran is not invented afterwards. What is decided meanwhile is no longer returned. The calendar's own moves
        (live to review due, extended to live) are made in the same transaction. Nobody's permission is asked: the
        clock acts, under the name Control Room.
        """
        with self._database.read() as session:
            day = today or self.today()
            running = self._running(session, day)
            told = _told(session, day)
            if not any(_due(each, day, told) for each in running):
                return _alerts(running, day)
        with self._database.write() as work:
            query = (
                deployments_query().where(DeploymentRow.state.in_(sorted(rules.RUNNING))).with_for_update()
            )
            rows = {row.id: row for row in work.session.scalars(query)}
            if day == local_date(work.now):
                self._follow_calendar(work, rows.values())
            running = load(work.session, rows.values(), self._policy, day)
            told = _told(work.session, day)
            for alert in _alerts(running, day):
                if alert.deployment_id not in told:
                    _raise(work, rows[alert.deployment_id], alert)
            return _alerts(running, day)

    def _running(self, session: Session, day: date) -> list[Deployment]:
        rows = session.scalars(deployments_query().where(DeploymentRow.state.in_(sorted(rules.RUNNING))))
        return load(session, rows, self._policy, day)

    def _follow_calendar(self, work: Work, rows: Iterable[DeploymentRow]) -> None:
        for row in rows:
            if row.state == _S.SUSPENDED:
                continue
            there = calendar_state(work, row, self._policy)
            if row.state == _S.EXTENDED and there is not _S.EXTENDED:
                moves.move_deployment(work, moves.SYSTEM, row, _S.LIVE)
            if row.state == _S.LIVE and there is _S.REVIEW_DUE:
                moves.move_deployment(work, moves.SYSTEM, row, _S.REVIEW_DUE)
        work.session.flush()


def _due(each: Deployment, day: date, told: set[int]) -> bool:
    if each.standing is Standing.PAST_END and each.id not in told:
        return True
    if each.state is _S.EXTENDED and each.periods[-1].starts_on <= day:
        return True
    return each.state is _S.LIVE and each.review_due_on is not None and each.review_due_on <= day


def _alerts(running: list[Deployment], day: date) -> list[Alert]:
    found = [
        Alert(each.id, each.reference, each.asset, each.place, day, -(each.days_left or 0))
        for each in running
        if each.standing is Standing.PAST_END
    ]
    return sorted(found, key=lambda alert: (-alert.days_past, alert.reference))


def _raise(work: Work, row: DeploymentRow, alert: Alert) -> None:
    work.session.add(
        AlertRow(
            deployment_id=alert.deployment_id, day=alert.day, days_past=alert.days_past, raised_at=work.now
        )
    )
    moves.note_deployment(work, moves.SYSTEM, row, "alert", day=str(alert.day), days_past=alert.days_past)


def _told(session: Session, day: date) -> set[int]:
    return set(session.scalars(select(AlertRow.deployment_id).filter_by(day=day)))
