"""Declares camera health, the recorder's jobs and counters of holds: measurements, so none of them is audited."""

from controlroom.declaration import DELETE, INSERT, SELECT, UPDATE, Noun, Table, allow, records
from controlroom.recording.tables import (
    CameraHealthRow,
    CameraHoldRow,
    HealthChangeRow,
    HealthSampleRow,
    RecorderJobRow,
)

_RECORDER_ALONE = records("recorder", INSERT, UPDATE, DELETE)
_COUNTING = allow("recorder", SELECT, INSERT, DELETE)
"""Who steered what is for those who read the audit."""

CAMERA_HEALTH = Noun(
    kind="camera_health",
    words="camera health",
    tables=(
        Table(CameraHealthRow, _RECORDER_ALONE),
        Table(HealthChangeRow, _RECORDER_ALONE),
        Table(HealthSampleRow, _RECORDER_ALONE),
        Table(RecorderJobRow, _RECORDER_ALONE),
        Table(CameraHoldRow, allow("supervisors administrators auditors", SELECT) + _COUNTING),
    ),
    changes=("camera_health",),
)
