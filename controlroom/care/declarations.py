"""Writes what the nouns declare as `docs/declarations.md`, so that an auditor can read who may do what."""

from collections.abc import Iterator

from controlroom.database.row_marks import hidden_tables
from controlroom.database.row_security import name_tables
from controlroom.database.triggers import SERVER, SQLITE, names_of, purged_tables
from controlroom.declaration import Noun, Nouns, Table

_HEAD = """# What every kind of record declares
Status: made from the code by `controlroom db declarations`; a test fails when it is not what the code says, others that
the migrations made these triggers on both engines and an upgrade these grants and row security on PostgreSQL.

Each kind of record (a noun) declares itself once, in the `noun.py` of its folder (`docs/how-to-add-a-noun.md`).
Beside the grants here the recorder reads every declared table, since it backs them up. A table that nobody declares
belongs to nobody.
"""


def as_markdown(nouns: Nouns) -> str:
    """Return the text of `docs/declarations.md`."""
    return _HEAD + "".join(_noun(noun, nouns) for noun in nouns)


def _noun(noun: Noun, nouns: Nouns) -> str:
    lines = [f"\n## {noun.kind}: {noun.words}\n"]
    if noun.tables:
        lines.append("| table | triggers | who may do what to it |\n| --- | --- | --- |\n")
        lines += [f"| `{each.name}` | {_triggers(each, nouns)} | {_grants(each)} |\n" for each in noun.tables]
        lines.append("\n")
    lines += [f"- {line}\n" for line in _facts(noun)]
    if noun.actions:
        said = "; ".join(f"`{action}` {words}" for action, words in noun.actions.items())
        lines.append(f"- In the audit: {said}.\n")
    for action, groups in noun.entered_by.items():
        lines.append(f"- On a server `{action}` is entered by: {', '.join(groups) or 'the owner alone'}.\n")
    return "".join(lines)


def _facts(noun: Noun) -> Iterator[str]:
    for each in noun.references:
        yield f"References begin with {each.prefix} (`{each.row.__tablename__}.{each.column}`)."
    if digested := [each for each in noun.tables if each.digested]:
        yield f"The audit carries a digest of every row of: {', '.join(map(_digested, digested))}."
    yield from (f"No digest of `{each.name}`: {each.uncovered}." for each in noun.tables if each.uncovered)
    if noun.changes:
        yield f"Announces changes of: {', '.join(noun.changes)}."
    if noun.restriction is not None:
        yield (
            f"Restricted to named people by {_code(name_tables(noun.restriction))}; rows hidden with it: "
            f"{_code(hidden_tables(noun.restriction))}; audit entries about: "
            f"{', '.join(each.kind for each in noun.restriction.mentions)}."
        )
    for each in noun.texts:
        yield f"A purge may take personal text: `{each.row.__tablename__}` ({each.words})."
    for each in noun.files:
        yield f"A purge may take files: {each.words}."
    if noun.under_way is not None:
        yield "A purge spares what is said of records that are open or were touched since."
    if noun.search is not None:
        yield f"Found by search and the palette with the permission to {noun.search.permission}."
    for each in noun.checks:
        yield f"`controlroom db check` looks at: {each.what}."
    for table in noun.tables:
        for policy in table.policies:
            whom = policy.group or "everybody"
            yield f"Row security of `{table.name}`, `{policy.name}` for {whom}: `{policy.rule}`."


def _triggers(table: Table, nouns: Nouns) -> str:
    purged = table.name in purged_tables(nouns)
    names = {engine: set(names_of(table, engine, purged=purged)) for engine in (SQLITE, SERVER)}
    both = names[SQLITE] & names[SERVER]
    parts = [", ".join(sorted(both))] if both else []
    for engine, called in ((SQLITE, "SQLite"), (SERVER, "PostgreSQL")):
        if own := names[engine] - both:
            parts.append(f"{called}: {', '.join(sorted(own))}")
    return "; ".join(parts) or "none"


def _grants(table: Table) -> str:
    """Who may do what, those who may do the same together; then whose names are proven."""
    groups: dict[str, list[str]] = {}
    for each in table.grants:
        columns = f" of {', '.join(each.columns)}" if each.columns else ""
        groups.setdefault(f"{', '.join(each.verbs)}{columns}", []).append(each.group)
    said = [f"{', '.join(who)}: {what}" for what, who in groups.items()]
    if table.by:
        said.append(f"only in one's own name: {', '.join(table.by)}")
    return "; ".join(said)


def _digested(table: Table) -> str:
    without = f" (without {', '.join(table.undigested)})" if table.undigested else ""
    return f"`{table.name}`{without}"


def _code(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
