"""Declares camera health and the recorder's jobs, which are measurements, and the counted holds of cameras."""

from controlroom.declaration import DELETE, INSERT, SELECT, UPDATE, Noun, Table, allow, records
from controlroom.recording.tables import (
    CameraHealthRow,
    CameraHoldRow,
    HealthChangeRow,
    HealthSampleRow,
    RecorderJobRow,
)

_RECORDER_ALONE = records("recorder", INSERT, UPDATE, DELETE)
_MEASURED = "it is measured anew every minute, and nothing is decided by it"

CAMERA_HEALTH = Noun(
    kind="camera_health",
    words="camera health",
    tables=(
        Table(CameraHealthRow, _RECORDER_ALONE, uncovered=_MEASURED),
        Table(HealthChangeRow, _RECORDER_ALONE, uncovered="measured, and deleted after 400 days"),
        Table(HealthSampleRow, _RECORDER_ALONE, uncovered="measured, and thinned out after two days"),
        Table(
            RecorderJobRow, _RECORDER_ALONE, uncovered="it is written at every run; what a job did is audited"
        ),
    ),
    changes=("camera_health",),
)
HOLD = Noun(
    kind="hold",
    words="holds of cameras that are over",
    tables=(
        # Who steered what is for those who read the audit.
        Table(
            CameraHoldRow,
            allow("supervisors administrators auditors", SELECT) + allow("recorder", SELECT, INSERT, DELETE),
            digested=True,
            called="hold {id} of a camera",
            triggers=("sensible_insert", "sensible_update"),
        ),
    ),
    audit_group="Cameras",
    entered_by=dict.fromkeys(("hold.counted", "hold.dropped"), ("recorder",)),
    actions={
        "hold.counted": "Holds of cameras counted",
        "hold.dropped": "Counters of holds dropped, since they were too old",
    },
)
