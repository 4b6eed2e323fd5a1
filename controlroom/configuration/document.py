"""Writes the page of documentation about settings from their declarations."""

from controlroom.settings import FILE_NAME, SETTINGS, Scope, Setting

HEAD = f"""# Settings
Status: made from the code by `controlroom settings --markdown`; a test holds it to that. Do not edit.

A value comes from the first of these that names it: the **environment**, the file `{FILE_NAME}` in the data folder,
what an administrator chose for the **room** on the settings page (kept in the database, so every desk on it has the
same), the **default**. The file and the environment belong to one computer and go first, so that a setting that
keeps a desk from working can be put right without the desk; the page then shows where the value comes from and leaves
it alone. What people choose for themselves (theme, text size) is kept for each person at each desk and goes before
everything.

Changing a setting of the room needs the permission to change settings, is checked against what it may be, and is
entered in the audit trail with the old and the new value, in one transaction. Every desk hears of it at once.
"""


def as_markdown() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for group in dict.fromkeys(spec.group for spec in SETTINGS.values()):
        parts.append(f"\n## {group}\n")
        parts.append("| setting | means | default | may be | changed by | takes hold |")
        parts.append("| --- | --- | --- | --- | --- | --- |")
        parts += [_row(spec) for spec in SETTINGS.values() if spec.group == group]
    return "\n".join(parts) + "\n"


def _row(spec: Setting) -> str:
    who = {Scope.COMPUTER: "file, environment", Scope.ROOM: "administrator", Scope.PERSON: "each person"}
    default = spec.words(spec.default)
    return (
        f"| `{spec.name}` | {spec.meaning} | {default} | {spec.allowed} | {who[spec.scope]} "
        f"| {spec.when.value} |"
    )
