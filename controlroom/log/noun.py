"""Declares the log: entries and addenda, which only grow, and the words beside them, which a purge may delete."""

from controlroom.declaration import (
    INSERT,
    UPDATE,
    Check,
    Noun,
    PersonalFiles,
    PersonalText,
    Table,
    grows,
    records,
)
from controlroom.log.care import check_pictures, check_words, due_pictures, due_texts
from controlroom.log.tables import LogAddendumRow, LogEntryRow, LogTextRow

_WRITTEN = records("operators supervisors coordinators", INSERT)

LOG = Noun(
    kind="log",
    words="log entries",
    tables=(
        grows(
            LogEntryRow,
            _WRITTEN,
            "id",
            "entry_key",
            replace_names=("no_replace_1", "no_replace_key"),
            triggers=("one_picture",),
            by=("author", "brought_in_by"),
            called="log entry {id}",
            written="recorded_at",
        ),
        grows(
            LogAddendumRow,
            _WRITTEN,
            "id",
            by=("author", "brought_in_by"),
            called="addendum {id} to a log entry",
        ),
        # Its words may be purged: on a server only the functions of a purge delete here (`care/purge_functions.py`).
        Table(
            LogTextRow,
            _WRITTEN,
            refuses=(UPDATE,),
            keys=("id", "addendum_id", "step_id"),
            sqlite_triggers=("one_text",),
            uncovered="`db check` compares each text with its hash, which stands in the digested row it belongs to",
        ),
    ),
    changes=("log",),
    audit_group="Log and incidents",
    actions={
        "log.written": "Log entry written",
        "log.addendum": "Addendum written",
        "log.exported": "Log exported",
        "log.refused-entry-closed": "Refused entry closed",
    },
    texts=(PersonalText("log_texts", "texts of the log", LogTextRow, due_texts),),
    files=(PersonalFiles("pictures", "pictures", due_pictures),),
    checks=(Check("words of the log", check_words), Check("pictures", check_pictures)),
)
