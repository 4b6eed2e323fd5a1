"""Declares camera health and the recorder's jobs: measurements, not records of people's actions, so none is audited."""

from controlroom.declaration import DELETE, INSERT, UPDATE, Noun, Table, records
from controlroom.recording.tables import CameraHealthRow, HealthChangeRow, HealthSampleRow, RecorderJobRow

_WRITTEN = records(INSERT, UPDATE, DELETE)

CAMERA_HEALTH = Noun(
    kind="camera_health",
    words="camera health",
    tables=(
        Table(CameraHealthRow, _WRITTEN),
        Table(HealthChangeRow, _WRITTEN),
        Table(HealthSampleRow, _WRITTEN),
        Table(RecorderJobRow, _WRITTEN),
    ),
    changes=("camera_health",),
)
