"""The daily alert for what is past its end, and the moves the calendar makes."""

import threading

import pytest

from controlroom.deployments.deployments.alerts import AlertService
from controlroom.deployments.deployments.records import DeploymentState, Standing
from controlroom.deployments.deployments.tables import AlertRow
from controlroom.deployments.meetings.jag import JAG
from controlroom.deployments.meetings.records import Outcome
from tests.deployments.builders import days

pytestmark = pytest.mark.both_engines


def rows(desk):
    with desk.room.database.read() as session:
        return [
            (row.deployment_id, row.day, row.days_past)
            for row in session.query(AlertRow).order_by(AlertRow.id)
        ]


def test_nothing_is_raised_on_the_last_day_and_one_alert_on_each_day_after(desk):
    live = desk.live(desk.unit())
    desk.go_to(live.ends_on)
    assert desk.services.alerts.raise_due() == []
    for past in (1, 2, 3):
        desk.go_to(live.ends_on + days(past))
        first, again = desk.services.alerts.raise_due(), desk.services.alerts.raise_due()
        assert first == again
        assert [alert.days_past for alert in first] == [past]
    assert rows(desk) == [(live.id, live.ends_on + days(n), n) for n in (1, 2, 3)]
    assert first[0].text == "RDC-01 · Headley Drive is past its end by 3 days: decide"


def test_a_day_on_which_nothing_ran_is_not_invented(desk):
    live = desk.live(desk.unit())
    desk.go_to(live.ends_on + days(1))
    desk.services.alerts.raise_due()
    desk.go_to(live.ends_on + days(5))
    desk.services.alerts.raise_due()
    assert [row[2] for row in rows(desk)] == [1, 5]


def test_alerts_stop_when_the_unit_is_down_and_stay_on_record(desk):
    live = desk.live(desk.unit())
    service = desk.services.deployments
    desk.go_to(live.ends_on + days(1))
    assert len(desk.services.alerts.raise_due()) == 1
    service.order_removal(desk.coordinator, live.id, "No further need")
    told = desk.services.alerts.raise_due()
    assert "was to be removed by 19 Feb 2027 and is still up" in told[0].text  # not decided: taken down
    service.remove(desk.coordinator, live.id, signs_down=True)
    desk.go_to(live.ends_on + days(2))
    assert desk.services.alerts.raise_due() == []
    assert len(rows(desk)) == 1


def test_an_extension_stops_the_alerts(desk):
    live = desk.live(desk.unit())
    meeting = desk.meeting(live.ends_on + days(4))
    desk.go_to(meeting.day)
    assert len(desk.services.alerts.raise_due()) == 1
    desk.services.meetings.record_extension(desk.coordinator, meeting.id, live.id, Outcome.EXTENDED)
    assert desk.services.alerts.raise_due() == []


def test_a_suspended_deployment_past_its_end_is_alerted_too(desk):
    live = desk.live(desk.unit())
    desk.services.deployments.suspend(desk.coordinator, live.id, "No power")
    desk.go_to(live.ends_on + days(2))
    assert [alert.days_past for alert in desk.services.alerts.raise_due()] == [2]


def test_two_desks_raising_at_once_raise_one_alert(desk):
    live = desk.live(desk.unit())
    desk.go_to(live.ends_on + days(1))
    barrier, answers = threading.Barrier(4), []

    def raise_it():
        service = AlertService(desk.room.database, desk.policy, JAG)
        barrier.wait()
        answers.append(len(service.raise_due()))

    threads = [threading.Thread(target=raise_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == [1, 1, 1, 1]
    assert len(rows(desk)) == 1


def test_the_calendar_makes_a_live_deployment_due_for_review_once(desk):
    live = desk.live(desk.unit())
    service = desk.services.deployments
    desk.go_to(live.review_due_on - days(1))
    desk.services.alerts.raise_due()
    assert service.deployment(desk.coordinator, live.id).state is DeploymentState.LIVE
    desk.go_to(live.review_due_on)
    assert (
        service.deployment(desk.coordinator, live.id).standing is Standing.REVIEW_DUE
    )  # before anything ran
    desk.services.alerts.raise_due()
    desk.services.alerts.raise_due()
    due = service.deployment(desk.coordinator, live.id)
    assert due.state is DeploymentState.REVIEW_DUE
    told = [
        entry
        for entry in service.history(desk.coordinator, live.id)
        if entry.action == "deployment.review-due"
    ]
    assert [entry.actor for entry in told] == ["Control Room"]


def test_attention_counts_what_needs_a_decision(desk):
    live = desk.live(desk.unit())
    attention = desk.services.overview.attention(desk.coordinator)
    assert (attention.badge, attention.units_live, attention.units_total) == (0, 1, 1)
    desk.go_to(live.ends_on + days(3))
    attention = desk.services.overview.attention(desk.coordinator)
    assert attention.badge == 1
    assert [each.reference for each in attention.past_end] == [live.reference]
