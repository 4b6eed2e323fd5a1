"""Declares meetings of the JAG and what they decided."""

from controlroom.declaration import INSERT, WORKED_ON, Noun, Table, grows, records
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow

MEETING = Noun(
    kind="meeting",
    words="meetings",
    tables=(Table(MeetingRow, WORKED_ON), grows(DecisionRow, records(INSERT), "id", "about_id")),
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
