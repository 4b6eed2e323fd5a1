"""Declares camera health and the recorder's jobs: measurements, not records of people's actions, so none is audited."""

from controlroom.declaration import WORKED_ON, Noun, Table
from controlroom.recording.tables import CameraHealthRow, HealthChangeRow, HealthSampleRow, RecorderJobRow

CAMERA_HEALTH = Noun(
    kind="camera_health",
    words="camera health",
    tables=(
        Table(CameraHealthRow, WORKED_ON),
        Table(HealthChangeRow, WORKED_ON),
        Table(HealthSampleRow, WORKED_ON),
        Table(RecorderJobRow, WORKED_ON),
    ),
    changes=("camera_health",),
)
