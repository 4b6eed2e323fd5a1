"""References in one normal form, and searches taken apart."""

from datetime import date

import pytest

from controlroom.errors import InvalidInput
from controlroom.log.search import (
    Search,
    cad_in,
    like,
    normal_cad,
    normal_crime_reference,
    take_apart,
)

pytestmark = pytest.mark.both_engines

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("4417/12MAR", "4417/12MAR"),
        ("cad 4417/12mar", "4417/12MAR"),
        ("CAD4417 12 March", "4417/12MAR"),
        ("04417/1Mar", "4417/01MAR"),
        ("4417/12MAR26", "4417/12MAR"),
        ("4417-12-mar-2026", "4417/12MAR"),
        ("4417", "4417/20NOV"),
        (" ", ""),
    ],
)
def test_a_cad_has_one_form(typed, normal):
    assert normal_cad(typed, DAY) == normal


@pytest.mark.parametrize("typed", ["4417/31NOV", "4417/12XYZ", "0", "12MAR", "INC-1", "4417/12"])
def test_what_is_no_cad_is_refused(typed):
    with pytest.raises(InvalidInput):
        normal_cad(typed, DAY)


def test_a_cad_is_found_in_running_text():
    assert cad_in("As per cad 4417/12Mar, male", DAY) == "4417/12MAR"
    assert cad_in("route 64/12 noon, then 4/99mar", DAY) == ""


@pytest.mark.parametrize(
    ("said", "cad"),
    [
        ("CAD 1234/30NOV26 male detained", "1234/30NOV"),
        ("male detained, CAD1234/30NOV26", "1234/30NOV"),
        ("cad 1234 30 Nov", "1234/30NOV"),
        ("CAD: 01234 of 3rd November 2026, male", "1234/03NOV"),
        ("CAD no. 1234/30NOV", "1234/30NOV"),
        ("CAD number 1234 of 30/11/26", "1234/30NOV"),
        ("CAD 1234/30/11", "1234/30NOV"),
        ("CAD 1234\N{EN DASH}30\N{EN DASH}NOV", "1234/30NOV"),
        ("given as CAD #1234.", "1234/20NOV"),
        ("police on way, CAD 1234, two males", "1234/20NOV"),
        ("CAD 1234 14 males", "1234/20NOV"),
        ("CAD 1234", "1234/20NOV"),
        ("cad1234 given", "1234/20NOV"),
        ("CAD 1234/31NOV", ""),  # no such day
        ("CAD 1234/30ABC", ""),
        ("CAD 0", ""),
        ("CAD 12345678", ""),
        ("cadets 14, decade 12", ""),
        ("CAD to follow", ""),
        ("4417/12MAR, later CAD 1234", "4417/12MAR"),
    ],
)
def test_a_cad_named_in_a_sentence_is_read_in_every_spelling(said, cad):
    assert cad_in(said, DAY) == cad


def test_a_crime_reference_has_one_form():
    assert normal_crime_reference("  0123456 / 26 ") == "0123456/26"
    for wrong in ("none", "x" * 40, "12;34"):
        with pytest.raises(InvalidInput):
            normal_crime_reference(wrong)


def test_a_search_is_taken_apart():
    assert take_apart("  Red Jacket CAD 4417/12mar INC-2026-412 inc-9 ") == Search(
        ("red", "jacket"), ("INC-2026-00412", "INC-%-00009"), ("4417/12MAR",)
    )
    assert take_apart("") == Search()
    assert take_apart("RDC-04 14/99mar").words == ("rdc 04", "14/99mar")
    assert take_apart("inc\N{EN DASH}9 4417/12mar").references == ("INC-%-00009",)


def test_signs_that_mean_something_to_the_database_are_escaped():
    assert like("50%_\\") == "%50\\%\\_\\\\%"
