"""Records a restore in the audit trail and in the file of signed heads, and tells the person what to do next."""

from collections.abc import Iterator
from pathlib import Path

from controlroom.audit import service as audit
from controlroom.audit.signing import AuditFiles, note_restored, sign_head
from controlroom.care.records import Backup
from controlroom.database.unit_of_work import Database
from controlroom.errors import Unavailable

ACTOR = "command line"


def note(database: Database, folder: Path, files: AuditFiles, backup: Backup) -> Iterator[str]:
    """Enter the restore where it will be looked for; yields what the person has to know."""
    manifest = backup.manifest
    try:
        if files.key.exists() and files.heads.path.exists():
            note_restored(database, files)
    except Unavailable as error:
        yield f"note: the file of signed heads could not be told of it: {error}"
    with database.write() as work:
        audit.record(
            work,
            ACTOR,
            "database.restored",
            "database",
            backup.name,
            made_at=manifest.made_at.isoformat(),
            entries=manifest.audit_sequence,
        )
    try:
        sign_head(database, files)
    except Unavailable as error:
        yield f"note: {error}"
    if not (folder / "site.key").exists():
        yield "note: the site key is not here: put site.key back, or the camera passwords must be entered again."
