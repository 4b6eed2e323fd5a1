"""Declares the settings that a room shares."""

from controlroom.configuration.tables import SiteSettingRow
from controlroom.declaration import SELECT, WORKED_ON, Grant, Noun, Table

SETTING = Noun(
    kind="setting",
    words="settings",
    tables=(
        # A desk nobody sits at knows what the room is called.
        Table(SiteSettingRow, (*WORKED_ON, Grant("desk", (SELECT,)))),
    ),
    changes=("setting",),
    actions={"setting.changed": "Setting changed"},
)
