"""Words stored for searching are folded anew: letters with strokes, digits of any script, dashes, apostrophes.

`log_texts.words` is worked out of what its row says and stands in no digest and no signature; the texts, their salts
and hashes stay as they are. The trigger that refuses a change of the row is put aside for that one statement. A step
down leaves the words: the program before finds most by them, and `db check` there names the rest.

Revision ID: 0036
Revises: 0035
"""

import unicodedata
from collections.abc import Iterable
from functools import cache

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

BATCH = 2000
SELECT = "SELECT id, words, text, reason FROM log_texts WHERE id > {after} ORDER BY id LIMIT {batch}"
TRIGGER = "log_texts_no_update"
LETTERS = str.maketrans(
    {
        **dict(zip("łøđħŧıĸŋðƀɨɉȼɇǥɍʉɏƶȷəɫ", "lodhtikndbijcegruyzjel", strict=True)),
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ß": "ss",
        "ĳ": "ij",
    }
)
ACUTE = "\u00b4"
APOSTROPHES = frozenset("'`\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02c8\u2032\u2035\u055a\u05f3")
DASHES = frozenset("\u02d7\u2043\u2212\u2796")


def upgrade() -> None:
    """Fold every row's words, in parts."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        named = f"SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = '{TRIGGER}'"
        made = connection.exec_driver_sql(named).scalar_one()
        op.execute(f"DROP TRIGGER {TRIGGER}")
        _fold_all("UPDATE log_texts SET words = ? WHERE id = ?")
        connection.exec_driver_sql(made)
    else:
        op.execute("ALTER TABLE log_texts DISABLE TRIGGER USER")
        _fold_all("UPDATE log_texts SET words = %s WHERE id = %s")
        op.execute("ALTER TABLE log_texts ENABLE TRIGGER USER")


def downgrade() -> None:
    """Leave the words as they are."""


def _fold_all(update: str) -> None:
    if op.get_context().as_sql:
        return  # only written out: there are no rows
    connection, after = op.get_bind(), -1
    while rows := connection.exec_driver_sql(SELECT.format(after=after, batch=BATCH)).all():
        after = rows[-1][0]
        again = [(folded_again(words, (text, reason)), number) for number, words, text, reason in rows]
        before = {number: words for number, words, *_ in rows}
        if changed := [(words, number) for words, number in again if words != before[number]]:
            connection.exec_driver_sql(update, changed)


def folded_again(words: str, texts: Iterable[str]) -> str:
    """Return stored words as they would be stored now; in `texts` an acute may have been typed for an apostrophe."""
    for text in texts:
        if ACUTE in text:
            words = words.replace(folded_before(text), folded(text), 1)
    return folded(words)


def folded_before(text: str) -> str:
    """Return a text as it was stored for searching until now."""
    plain = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(letters.casefold().split())


def folded(text: str) -> str:
    """Return a text as it is stored for searching from now on."""
    if not text.isascii():
        text = "".join(map(_plain, unicodedata.normalize("NFKD", text.replace(ACUTE, "'"))))
    text = text.casefold().translate(LETTERS).replace("`", "").replace("'", "").replace("-", " ")
    return " ".join(text.split())


@cache
def _plain(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter in APOSTROPHES:
        return "'"
    if kind == "Pd" or letter in DASHES:
        return "-"
    if letter.isspace():
        return " "
    if kind in ("Mn", "Me", "Cf") or unicodedata.combining(letter):
        return ""
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)
