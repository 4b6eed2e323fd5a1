"""Night, dusk and day follow the sun over London."""

from datetime import UTC, datetime

import pytest

from controlroom.simulator.scene.mood import NIGHT, light_over_london, mood_for, sun_height_deg
from controlroom.simulator.settings import Light


@pytest.mark.parametrize(
    ("moment", "light"),
    [
        ("2026-06-21 12:00", Light.DAY),
        ("2026-06-21 20:30", Light.DUSK),  # the sun sets at 20:21 UTC
        ("2026-06-21 23:59", Light.NIGHT),
        ("2026-12-21 12:00", Light.DAY),
        ("2026-12-21 16:10", Light.DUSK),  # sets at 15:53
        ("2026-12-21 17:30", Light.NIGHT),
        ("2026-12-21 07:50", Light.DUSK),  # rises at 08:04
        ("2026-11-20 22:41", Light.NIGHT),
    ],
)
def test_the_light_is_that_of_the_hour(moment: str, light: Light) -> None:
    assert light_over_london(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is light


def test_the_sun_stands_as_high_as_almanacs_say() -> None:
    assert sun_height_deg(datetime(2026, 6, 21, 12, 2, tzinfo=UTC)) == pytest.approx(62.0, abs=1.0)
    assert sun_height_deg(datetime(2026, 12, 21, 11, 58, tzinfo=UTC)) == pytest.approx(15.2, abs=1.0)


def test_a_light_that_is_asked_for_wins_over_the_clock() -> None:
    assert mood_for(Light.NIGHT, datetime(2026, 6, 21, 12, 0, tzinfo=UTC)) is NIGHT
