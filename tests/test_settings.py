"""Settings: declared once, read from file and environment, refused by name when wrong."""

import pytest

from controlroom import settings
from controlroom.errors import InvalidInput


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / "settings.toml").write_text('theme = "light"\nreview_due_day = 45\n')
    loaded = settings.load(tmp_path, {"CONTROLROOM_REVIEW_DUE_DAY": "50"})
    assert (loaded.theme, loaded.review_due_day, loaded.deployment_months) == ("light", 50, 3)


@pytest.mark.parametrize("text", ["colour = 1", 'review_due_day = "soon"', "theme = "])
def test_a_setting_that_cannot_be_used_is_refused_by_name(tmp_path, text):
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(InvalidInput, match=r"colour|review_due_day|settings\.toml"):
        settings.load(tmp_path, {})


def test_every_setting_says_what_it_means():
    assert all(len(meaning) > 10 for meaning in settings.Settings.meanings().values())
