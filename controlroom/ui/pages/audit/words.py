"""Puts the audit page into words: its columns, an entry as facts, what a verification says."""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from controlroom.audit.records import AuditEntry, SignedHead, Verification
from controlroom.clock import local, local_date, show_day, show_moment, show_time
from controlroom.ui import theme
from controlroom.ui.kit.table_model import Column

# A moment as the chain holds it, always in UTC: nobody in the room reads their day in that.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)")


def columns(words: Mapping[str, str]) -> list[Column[AuditEntry]]:
    """The columns of the list; `words` say what an action is called."""
    return [
        Column(
            "Entry",
            lambda entry: f"{entry.sequence:,}",
            sort_key=lambda entry: entry.sequence,
            align="right",
            width=88,
            role="text_dim",
        ),
        Column("When", _when, sort_key=lambda entry: entry.at, width=190),
        Column("Who", lambda entry: entry.actor, width=150, weight=theme.MEDIUM),
        Column("Action", lambda entry: words.get(entry.action, entry.action), width=220),
        Column("Kind", lambda entry: entry.subject_kind, width=110, role="text_dim"),
        Column("Subject", lambda entry: entry.subject, width=160, weight=theme.MEDIUM),
        Column("Detail", _detail, width=260, role="text_dim", stretch=True),
    ]


def entry_facts(entry: AuditEntry, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """An entry as facts, with everything its detail holds."""
    facts = [
        ("When", f"{show_day(local_date(entry.at))} {show_time(entry.at, seconds=True)}"),
        ("Zone", str(local(entry.at).tzname())),
        ("Who", entry.actor),
        ("Action", words.get(entry.action, entry.action)),
        ("Name of it", entry.action),
        ("On", f"{entry.subject_kind} {entry.subject}"),
    ]
    return facts + [(name.replace("_", " "), _plain(value)) for name, value in entry.detail.items()]


def head_words(head: SignedHead | None) -> tuple[str, str]:
    """What is said of the last signed head, in a line and in full."""
    if head is None:
        return "no head signed yet", ""
    said = f"signed up to {head.sequence:,}: {head.fingerprint}"
    return said, f"Signed {show_moment(head.signed_at)}, key {head.key_fingerprint}"


def signed_words(outcome: Verification) -> str:
    """How much of a sound chain is vouched for by a signature."""
    head = outcome.signed
    if head is None:
        return "No head of it is signed: only the chain itself vouches for its end."
    moment = show_moment(head.signed_at)
    return f"Verified up to entry {head.sequence:,}, signed {moment}; {outcome.since_signed:,} entries since."


def _when(entry: AuditEntry) -> str:
    return _in_london(entry.at)


def _in_london(at: datetime) -> str:
    """A moment as London's clocks showed it, to the second, and which of its two times that is."""
    return f"{show_day(local_date(at))}  {local(at):%H:%M:%S %Z}"


def _detail(entry: AuditEntry) -> str:
    return " · ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in entry.detail.items())


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, str):
        return _in_london(datetime.fromisoformat(value)) if _MOMENT.fullmatch(value) else value
    return json.dumps(value, default=str, ensure_ascii=False)
