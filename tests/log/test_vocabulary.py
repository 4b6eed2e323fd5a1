"""The lists a site edits."""

import shutil

import pytest

from controlroom.errors import Unavailable
from controlroom.log import vocabulary
from controlroom.resources import resource


def test_the_shipped_lists_hold_what_the_room_needs():
    lists = vocabulary.load()
    assert len(lists.categories) == 39
    assert {"theft of vehicle", "panic alarm", "lost or found child"} <= {
        each.name for each in lists.categories
    }
    assert [each.name for each in lists.sources if each.proactive] == ["operator's own sighting"]
    assert lists.police == "Metropolitan Police"
    assert "dispersal" in lists.outcomes


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("rob", "robbery"),
        ("shopl", "theft from shop"),
        ("misper", "missing person"),
        ("theft veh", "theft from vehicle"),
    ],
)
def test_a_category_is_found_by_the_beginnings_of_its_words(typed, first):
    assert vocabulary.load().find_categories(typed)[0].name == first


def test_categories_that_begin_as_typed_come_first():
    assert vocabulary.load().find_categories("fi")[0].name == "fire"


def test_a_site_adds_a_category_by_editing_the_list(tmp_path):
    lists = shutil.copytree(resource("lists"), tmp_path / "lists")
    path = lists / "incident_categories.toml"
    path.write_text(path.read_text() + '\n[[category]]\nname = "drone"\n')
    assert vocabulary.load(lists).find_categories("drone")


def test_a_list_that_cannot_be_read_is_named(tmp_path):
    lists = shutil.copytree(resource("lists"), tmp_path / "lists")
    (lists / "incident_sources.toml").write_text("[[source]\n")
    with pytest.raises(Unavailable, match=r"incident_sources\.toml"):
        vocabulary.load(lists)
    (lists / "incident_sources.toml").write_text('[[source]]\nnam = "x"\n')
    with pytest.raises(Unavailable, match="name"):
        vocabulary.load(lists)
