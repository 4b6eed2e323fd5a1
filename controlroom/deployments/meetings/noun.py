"""Declares meetings of the JAG and what they decided."""

from controlroom.declaration import INSERT, UPDATE, Noun, Table, all_but, allow, grows, records
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
        ),
        grows(DecisionRow, records("coordinators", INSERT), "id", "about_id", by=("recorded_by",)),
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
