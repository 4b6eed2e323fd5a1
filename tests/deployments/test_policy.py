"""The lists a borough edits."""

import shutil

import pytest

from controlroom.deployments.policy import load_policy
from controlroom.errors import InvalidInput
from controlroom.resources import resource
from controlroom.settings import Settings


def test_the_lists_that_come_with_the_program_are_sound():
    policy = load_policy()
    assert policy.jag_name == "Joint Agency Group"
    assert sum(policy.weights.values()) == 100
    assert set(policy.objectives) == {"deter", "evidence", "reassure", "monitor"}
    assert {"Metropolitan Police", "Ward councillors"} <= set(policy.partners)
    assert len(policy.partners) == 17


def test_names_and_periods_come_from_the_settings():
    policy = load_policy(Settings(jag_name="Joint Action Group", deployment_months=2, review_due_day=40))
    assert (policy.jag_name, policy.months, policy.review_day) == ("Joint Action Group", 2, 40)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("bid_score.toml", "evaluation_months = 2\n"),
        ("bid_score.toml", "not toml at all ["),
        ("bidding_partners.toml", "partners = []\n"),
        ("bid_objectives.toml", "objectives = 3\n"),
    ],
)
def test_a_list_that_cannot_be_used_is_named(tmp_path, file, text):
    for path in resource("lists").glob("bid*.toml"):
        shutil.copy(path, tmp_path)
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="cannot be used"):
        load_policy(folder=tmp_path)


def test_an_edited_weight_is_used(tmp_path):
    for path in resource("lists").glob("bid*.toml"):
        shutil.copy(path, tmp_path)
    score = tmp_path / "bid_score.toml"
    score.write_text(
        score.read_text(encoding="utf-8").replace("weight = 25", "weight = 40"), encoding="utf-8"
    )
    assert load_policy(folder=tmp_path).weights["severity"] == 40
