"""Declares the cameras of the register."""

from controlroom.cameras.tables import CameraRow
from controlroom.declaration import WORKED_ON, Noun, Table

CAMERA = Noun(
    kind="camera",
    words="cameras",
    tables=(Table(CameraRow, WORKED_ON),),
    changes=("camera",),
    audit_group="Cameras",
    actions={
        "camera.added": "Camera added",
        "camera.retired": "Camera retired",
        "camera.certificate-trusted": "Camera's new certificate trusted",
        "camera.login-entered": "Camera's login entered anew",
    },
)
