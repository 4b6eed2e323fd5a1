"""Declares the settings that a room shares."""

from controlroom.configuration.tables import SiteSettingRow
from controlroom.declaration import DELETE, INSERT, SELECT, UPDATE, Grant, Noun, Table, records

SETTING = Noun(
    kind="setting",
    words="settings",
    tables=(
        # A desk nobody sits at knows what the room is called.
        Table(SiteSettingRow, (*records(INSERT, UPDATE, DELETE), Grant("desk", (SELECT,)))),
    ),
    changes=("setting",),
    actions={"setting.changed": "Setting changed"},
)
