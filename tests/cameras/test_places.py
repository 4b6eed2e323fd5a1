"""Where a camera that moves is on a day, from the days of its stays."""

from datetime import date

import pytest

from controlroom.cameras.places import IN_STORE, place_now, place_on
from controlroom.cameras.records import Place
from controlroom.declaration import Stay

REGISTERED = Place("Charles Street", "Rapid deployment", "Fairfield", 51.3, -0.1)
BROOM = Stay("Broom Road", "Shirley South", date(2026, 3, 2), date(2026, 6, 1), 51.2, -0.2)
MILTON = Stay("Milton Road", "Addiscombe West", date(2026, 6, 1), None)
STAYS = (BROOM, MILTON)


@pytest.mark.parametrize(
    ("day", "street"),
    [
        (date(2026, 3, 1), IN_STORE),
        (date(2026, 3, 2), "Broom Road"),
        (date(2026, 5, 31), "Broom Road"),
        (date(2026, 6, 1), "Milton Road"),  # of two on one day the later one
        (date(2027, 1, 1), "Milton Road"),
    ],
)
def test_a_day_belongs_to_the_stay_that_covers_it(day, street):
    assert place_on(REGISTERED, STAYS, day).street == street


def test_the_day_it_came_down_still_belongs_to_a_stay_that_is_over():
    assert place_on(REGISTERED, (BROOM,), date(2026, 6, 1)).street == "Broom Road"
    assert place_on(REGISTERED, (BROOM,), date(2026, 6, 2)).street == IN_STORE


def test_now_is_where_it_hangs():
    assert place_now(REGISTERED, (BROOM,)) == Place(IN_STORE, "Rapid deployment", "")
    assert place_now(REGISTERED, STAYS) == Place("Milton Road", "Rapid deployment", "Addiscombe West")


def test_a_camera_that_does_not_move_stays_where_the_register_has_it():
    assert place_now(REGISTERED, None) == REGISTERED
    assert place_on(REGISTERED, None, date(2026, 3, 2)) == REGISTERED
