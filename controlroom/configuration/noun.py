"""Declares the settings that a room shares."""

from controlroom.configuration.tables import SiteSettingRow
from controlroom.declaration import DELETE, INSERT, READ, SELECT, UPDATE, Noun, Table, all_but, allow

SETTING = Noun(
    kind="setting",
    words="settings",
    tables=(
        # A desk nobody sits at knows what the room is called.
        Table(
            SiteSettingRow,
            (
                *READ,
                *allow("desk", SELECT),
                *allow("administrators", INSERT, DELETE),
                *allow("administrators", UPDATE, columns=all_but(SiteSettingRow, "name")),
            ),
            by=("changed_by",),
            digested=True,
            called="the setting {name}",
        ),
    ),
    changes=("setting",),
    actions={"setting.changed": "Setting changed"},
)
