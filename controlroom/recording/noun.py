"""Declares camera health and the recorder's jobs: measurements, not records of people's actions, so none is audited."""

from controlroom.declaration import DELETE, INSERT, UPDATE, Noun, Table, records
from controlroom.recording.tables import CameraHealthRow, HealthChangeRow, HealthSampleRow, RecorderJobRow

_RECORDER_ALONE = records("recorder", INSERT, UPDATE, DELETE)

CAMERA_HEALTH = Noun(
    kind="camera_health",
    words="camera health",
    tables=(
        Table(CameraHealthRow, _RECORDER_ALONE),
        Table(HealthChangeRow, _RECORDER_ALONE),
        Table(HealthSampleRow, _RECORDER_ALONE),
        Table(RecorderJobRow, _RECORDER_ALONE),
    ),
    changes=("camera_health",),
)
