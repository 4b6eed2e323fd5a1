"""Settings: declared once, read from file and environment, refused by name when wrong."""

import pytest

from controlroom import settings
from controlroom.errors import InvalidInput
from controlroom.settings import SETTINGS, SettingSource


def test_the_environment_wins_over_the_file_and_the_file_over_the_room(tmp_path):
    (tmp_path / "settings.toml").write_text('theme = "light"\nreview_due_day = 45\n')
    room = {"review_due_day": 30, "deployment_months": 4}
    found = settings.resolve(tmp_path, {"CONTROLROOM_REVIEW_DUE_DAY": "50"}, room)
    chosen = found.settings
    assert (chosen.theme, chosen.review_due_day, chosen.deployment_months) == ("light", 50, 4)
    assert found.source("review_due_day") is SettingSource.ENVIRONMENT
    assert found.source("theme") is SettingSource.FILE
    assert found.source("deployment_months") is SettingSource.ROOM
    assert found.source("jag_name") is SettingSource.DEFAULT


@pytest.mark.parametrize(
    "text",
    [
        "colour = 1",
        'review_due_day = "soon"',
        "theme = ",
        'theme = "purple"',
        "review_due_day = 0",
        "review_due_day = 1.5",
        "review_due_day = true",
        'site_name = "  "',
        'site_name = "two\\nlines"',
        "text_scale = nan",
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(tmp_path, text):
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(InvalidInput) as refusal:
        settings.load(tmp_path, {})
    assert text.split()[0] in str(refusal.value) or "settings.toml" in str(refusal.value)


@pytest.mark.parametrize("spec", SETTINGS.values(), ids=lambda spec: spec.name)
def test_every_setting_says_what_it_means_and_takes_its_own_default(spec):
    assert len(spec.meaning) > 10
    assert spec.allowed
    assert spec.check(spec.default) == spec.default
    assert spec.check(str(spec.default)) == spec.default
