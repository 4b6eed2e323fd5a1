"""Declares the cameras of the register."""

from controlroom.cameras.tables import CameraRow, PresetPictureRow
from controlroom.declaration import DELETE, INSERT, UPDATE, Noun, Table, all_but, allow, records

# What the recorder writes of a camera that answered: of one never read, also what it said of itself.
_SEEN = (
    *("untried", "certificate", "stream_certificate", "main_stream", "sub_stream"),
    *("make", "model", "has_ptz", "abilities", "clock_drift_s"),
)

CAMERA = Noun(
    kind="camera",
    words="cameras",
    tables=(
        Table(
            CameraRow,
            (
                *records("supervisors administrators", INSERT),
                *allow("supervisors administrators", UPDATE, columns=all_but(CameraRow, "id", "created_at")),
                *allow("recorder", UPDATE, columns=_SEEN),
            ),
            refuses=(DELETE,),
            keys=("id", "number"),
            triggers=("reached_insert", "reached_update", "pinned_update", "learned_update"),
            # Every column: a sealed password changes by an audited step alone, and one of another camera's would be
            # sent to this one. What the recorder writes of a camera over and over stands in `camera_health`.
            digested=True,
            called="camera {number} (row {id})",
        ),
        Table(
            PresetPictureRow,
            (
                *records("operators supervisors", INSERT, UPDATE, DELETE),
                *allow("administrators", DELETE),  # with the preset, or the camera
            ),
            by=("taken_by",),
            uncovered="one is taken anew whenever its camera is at the preset; bytes of another SHA-256 are not shown",
        ),
    ),
    changes=("camera", "preset_picture"),
    entered_by={"camera.answered": ("recorder",), "camera.read": ("recorder",)},
    audit_group="Cameras",
    actions={
        "camera.added": "Camera added",
        "camera.changed": "Camera changed",
        "camera.replaced": "Camera replaced by another device",
        "camera.brought-back": "Camera brought back into use",
        "camera.register-imported": "Register imported from a file",
        "camera.retired": "Camera retired",
        "camera.answered": "Camera answered for the first time, or showed a first certificate",
        "camera.read": "Camera's streams and abilities read for the first time",
        "camera.certificate-trusted": "Camera's new certificate trusted",
        "camera.preset-saved": "Camera asked to store a preset",
        "camera.preset-renamed": "Camera asked to rename a preset",
        "camera.preset-removed": "Camera asked to forget a preset",
        "camera.home-set": "Camera asked to make its view home",
        "camera.login-entered": "Camera's login entered anew",
    },
)
