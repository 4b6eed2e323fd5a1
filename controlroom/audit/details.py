"""Reads what an entry of the chain says beside its words, whoever wrote it: a malformed one stops nobody.

The program writes a JSON object, and a server takes nothing else. In a room from before that, or past the program in
a file, anything may stand there; `audit verify` names such an entry, and pages show it as it stands.
"""

import json

MALFORMED = "malformed"
SHOWN = 200  # characters of a malformed detail


def said(detail: str) -> dict[str, object]:
    """What an entry says; nothing where it says what the program never writes."""
    return _object(detail) or {}


def shown(detail: str) -> dict[str, object]:
    """The same for people to read: a malformed one as it stands."""
    found = _object(detail)
    return {MALFORMED: str(detail)[:SHOWN]} if found is None else found


def listed(said: dict[str, object], name: str) -> list[str]:
    """The texts of a list among what an entry says; none where there is no list."""
    found = said.get(name)
    return [str(each) for each in found] if isinstance(found, list) else []


def is_malformed(detail: str) -> bool:
    """True when an entry's detail is no JSON object, so that the program did not write it."""
    return _object(detail) is None


def _object(detail: object) -> dict[str, object] | None:
    if not isinstance(detail, str):
        return None
    try:
        found = json.loads(detail)
    except (ValueError, RecursionError):  # brackets without end are the second
        return None
    return found if isinstance(found, dict) else None
