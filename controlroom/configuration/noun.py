"""Declares what a room's desks share: settings, and the words of its lists."""

from controlroom.configuration.stored_lists import check_lists
from controlroom.configuration.tables import ListRow, SiteSettingRow
from controlroom.declaration import (
    DELETE,
    INSERT,
    READ,
    SELECT,
    UPDATE,
    Check,
    Noun,
    Table,
    all_but,
    allow,
    grows,
)

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

LIST = Noun(
    kind="list",
    words="lists",
    tables=(
        grows(
            ListRow,
            (*READ, *allow("desk", SELECT), *allow("administrators", INSERT)),
            "id",
            by=("changed_by",),
            called="word {id} of a list",
        ),
    ),
    changes=("list",),
    checks=(Check("lists of the room", check_lists),),
    actions={"list.changed": "List changed"},
)
