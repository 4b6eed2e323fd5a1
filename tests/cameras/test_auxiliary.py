"""Auxiliary commands in plain words."""

import pytest

from controlroom.cameras.auxiliary import in_words


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("tt:Wiper|On", "Wiper on"),
        ("tt:IRLamp|Auto", "Infrared automatic"),
        ("Wiper", "Wiper"),
        ("tt:WashingProcedure|Off", "Wash and wipe off"),
        ("light_on", "light_on"),  # a maker's own: as it lists it
        ("tt:Wiper|Interval", "tt:Wiper|Interval"),
        ("acme:Laser|On", "acme:Laser|On"),
        ("|", "|"),
    ],
)
def test_known_commands_are_said_in_words_and_others_as_listed(command: str, text: str) -> None:
    words = in_words(command)
    assert words.text == text
    assert bool(words.icon) == (text != command or text == "Wiper")
