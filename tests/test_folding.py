# ruff: noqa: RUF001 (letters that look alike are what this is about)
"""One folding of letters, digits and dashes: what is written and what is asked find each other."""

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlroom.folding import asked_words, fold, has_all_words, ways

migration = importlib.import_module("controlroom.database.migrations.versions.0036_folded_words")
# Letters, marks, digits of any script, dashes, apostrophes, blanks; no halves of characters, which nothing stores.
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Łukasz Wójcik", "lukasz wojcik"),
        ("Lukasz", "Łukasz"),
        ("Ørsted, Đoković, Ħal, Þór, Æsir, ıstanbul", "orsted dokovic hal thor aesir istanbul"),
        ("STRASSE", "straße"),
        ("Straße", "strasse"),
        ("Zoe\u0308 and Zoë", "zoe"),
        ("Conﬁdential", "confidential"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Connor", "o'connor"),
        ("O'Connor", "OConnor"),
        ("O\N{ACUTE ACCENT}Connor", "O\N{LEFT SINGLE QUOTATION MARK}Connor"),
        ("plate AB12 CDE, white van", "AB12CDE"),
        ("plate AB12CDE", "AB12 CDE"),
        ("plate ab12cde", "AB12-CDE"),
        ("plate AB12\N{NON-BREAKING HYPHEN}CDE", "AB12CDE"),
        ("(P123 ABC)", "p123abc"),
        ("plate ＡＢ１２ ＣＤＥ", "AB12CDE"),
        ("plate WX 12345", "WX12345"),
        ("RDC\N{EN DASH}04", "rdc-04"),
        ("RDC-04", "RDC\N{MINUS SIGN}04"),
        ("RDC-04", "rdc\N{EM DASH}04"),
        ("RDC\N{FIGURE DASH}04", "rdc04"),
        ("row 14 on bus ٢٥٠", "250"),
        ("bus 250", "٢٥٠"),
        ("look-out", "look out"),
        ("look out", "look-out"),
        ("zero\N{ZERO WIDTH JOINER}width", "zerowidth"),
        ("£20 note", "£20"),
    ],
)
def test_what_is_written_is_found_however_it_is_asked_for(written, asked):
    assert has_all_words(asked, written)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("club 12 at night", "b12"),  # too short for a plate: taken as it stands
        ("RDC-14 at 04:00", "RDC-04"),
        ("AB13 CDE", "AB12CDE"),
        ("AB12 and then CDE", "AB12CDE"),
        ("anything", "!!"),
        ("anything", "-"),
        ("Lukas", "Łukasz"),
    ],
)
def test_what_is_another_thing_is_not_found(written, asked):
    assert not has_all_words(asked, written)


def test_a_word_asked_for_has_few_ways():
    assert ways("ab12cde") == ("ab12cde", "ab12 cde", "ab 12cde", "ab 12 cde")
    assert ways("jacket") == ("jacket",)
    assert len(ways(fold("a1b2c3d4e5f6g7"))) <= 2
    assert asked_words(" 4417/12MAR  \N{EN DASH} !! ") == ("4417/12mar", "-", "!!")


@given(TEXTS, TEXTS)
def test_folding_twice_changes_nothing_and_parts_are_folded_as_in_the_whole(first, second):
    assert fold(fold(first)) == fold(first)
    assert fold(f"{first} {second}") == f"{fold(first)} {fold(second)}".strip()


@given(TEXTS, TEXTS)
def test_the_upgrade_folds_stored_words_as_they_would_be_written_now(text, place):
    stored = migration.folded_before(f"{text} {place}")
    assert migration.folded_again(stored, (text, place)) == fold(f"{text} {place}")
