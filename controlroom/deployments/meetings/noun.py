"""Declares meetings of the JAG and what they decided."""

from controlroom.declaration import INSERT, UPDATE, Noun, Road, Table, all_but, allow, grows, records
from controlroom.deployments.meetings.records import MeetingState
from controlroom.deployments.meetings.rules import ROAD
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow

MEETING = Noun(
    kind="meeting",
    words="meetings",
    tables=(
        Table(
            MeetingRow,
            (
                *records("coordinators", INSERT),
                *allow("coordinators", UPDATE, columns=all_but(MeetingRow, "id")),
            ),
            triggers=("no_closed_update", "no_closed_delete", "keeps_its_day"),
            digested=True,
            called="meeting {id}",
            road=Road(MeetingState.PLANNED, ROAD),
        ),
        grows(
            DecisionRow,
            # the recorder, since the calendar ends a chair's action that no meeting answered
            records("coordinators recorder", INSERT),
            "id",
            "about_id",
            "meeting_id, bid_id, subject",
            triggers=("answered", "stands_until", "on_its_day", "on_agenda"),
            server_triggers=("within_calendar",),
            by=("recorded_by",),
            called="decision {id}",
            written="recorded_at",
        ),
    ),
    changes=("meeting",),
    audit_group="Rapid deployment",
    actions={
        "meeting.planned": "Meeting planned",
        "meeting.moved": "Meeting moved",
        "meeting.minutes": "Minutes saved",
        "meeting.held": "Meeting closed",
        "meeting.cancelled": "Meeting cancelled",
    },
)
