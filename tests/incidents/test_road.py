"""The road of an incident: every arrow there is, and none besides."""

import itertools

import pytest

from controlroom.accounts.permissions import permissions_of
from controlroom.accounts.records import Role
from controlroom.errors import InvalidInput, PermissionRefused, RuleBroken
from controlroom.incidents import rules
from controlroom.incidents.records import IncidentAction, IncidentState, Result

pytestmark = pytest.mark.both_engines

A, S = IncidentAction, IncidentState
ARROWS = {
    (S.OPEN, A.MONITOR): S.MONITORING,
    (S.MONITORING, A.INFORM_POLICE): S.POLICE_INFORMED,
    (S.MONITORING, A.CONCLUDE): S.CONCLUDED,
    (S.POLICE_INFORMED, A.POLICE_ARRIVE): S.POLICE_ON_SCENE,
    (S.POLICE_INFORMED, A.CONCLUDE): S.CONCLUDED,
    (S.POLICE_ON_SCENE, A.CONCLUDE): S.CONCLUDED,
    (S.CONCLUDED, A.SUBMIT): S.SUBMITTED,
    (S.CONCLUDED, A.REOPEN): S.OPEN,
    (S.SUBMITTED, A.APPROVE): S.APPROVED,
    (S.SUBMITTED, A.RETURN): S.RETURNED,
    (S.RETURNED, A.SUBMIT): S.SUBMITTED,
    (S.RETURNED, A.REOPEN): S.OPEN,
    (S.APPROVED, A.REOPEN): S.OPEN,
}
WAY_TO = {
    S.OPEN: (),
    S.MONITORING: (A.MONITOR,),
    S.POLICE_INFORMED: (A.MONITOR, A.INFORM_POLICE),
    S.POLICE_ON_SCENE: (A.MONITOR, A.INFORM_POLICE, A.POLICE_ARRIVE),
    S.CONCLUDED: (A.MONITOR, A.CONCLUDE),
    S.SUBMITTED: (A.MONITOR, A.CONCLUDE, A.SUBMIT),
    S.RETURNED: (A.MONITOR, A.CONCLUDE, A.SUBMIT, A.RETURN),
    S.APPROVED: (A.MONITOR, A.CONCLUDE, A.SUBMIT, A.APPROVE),
}
REVIEW = {A.APPROVE, A.RETURN, A.REOPEN}


def reach(desk, state):
    incident = desk.open()
    for action in WAY_TO[state]:
        incident = desk.act(
            incident, action, desk.supervisor if action in REVIEW else desk.operator, reason="a reason"
        )
    assert incident.state is state
    return incident


@pytest.mark.parametrize("state", list(S))
def test_from_each_state_exactly_the_named_arrows_can_be_taken(desk, state):
    for action in A:
        incident = reach(desk, state)
        actor = desk.supervisor if action in REVIEW else desk.operator
        if (state, action) in ARROWS:
            assert desk.act(incident, action, actor, reason="a reason").state is ARROWS[state, action]
        else:
            with pytest.raises(RuleBroken, match=incident.reference):
                desk.act(incident, action, actor, reason="a reason")


@pytest.mark.parametrize(("state", "role"), list(itertools.product(S, Role)))
def test_what_is_offered_is_what_would_be_allowed(state, role):
    held = permissions_of(frozenset({role}))
    offered = rules.actions(state, held, own=False)
    expected = {
        action for (here, action) in ARROWS if here is state and rules.ROAD[action].permission in held
    }
    assert set(offered) == expected


@pytest.mark.parametrize("action", sorted(REVIEW))
def test_an_operator_may_not_review(desk, action):
    incident = desk.submitted()
    with pytest.raises(PermissionRefused):
        desk.act(incident, action, desk.operator, reason="a reason")


@pytest.mark.parametrize(("state", "action"), [(S.SUBMITTED, A.RETURN), (S.APPROVED, A.REOPEN)])
def test_returning_and_reopening_say_why(desk, state, action):
    incident = reach(desk, state)
    with pytest.raises(InvalidInput, match="reason"):
        desk.act(incident, action, desk.supervisor, reason="ok")


def test_concluding_needs_a_result_and_without_the_police_who_were_told_a_reason(desk):
    incident = reach(desk, S.POLICE_INFORMED)
    with pytest.raises(InvalidInput, match="did not come"):
        desk.act(incident, A.CONCLUDE)
    incident = desk.act(incident, A.CONCLUDE, result=Result.NO_TRACE, reason="no unit was free")
    assert (incident.result, incident.outcome) == (Result.NO_TRACE, "none")
    with pytest.raises(InvalidInput, match="result"):
        desk.act(reach(desk, S.MONITORING), A.CONCLUDE, result=None)


def test_nobody_approves_what_they_submitted(desk):
    incident = reach(desk, S.CONCLUDED)
    incident = desk.act(incident, A.SUBMIT, desk.supervisor)
    assert A.APPROVE not in desk.incidents.incident(desk.supervisor, incident.id).actions
    with pytest.raises(RuleBroken, match="cannot approve"):
        desk.act(incident, A.APPROVE, desk.supervisor)


def test_reopening_adds_and_keeps_what_was_concluded_readable(desk):
    incident = reach(desk, S.APPROVED)
    before = desk.incidents.incident(desk.operator, incident.id).timeline
    reopened = desk.act(incident, A.REOPEN, desk.supervisor, reason="a witness came forward")
    assert (reopened.state, reopened.result) == (S.OPEN, None)
    after = desk.incidents.incident(desk.operator, incident.id).timeline
    assert [line.title for line in after[:-1]] == [line.title for line in before]
    assert after[-1].title == "Reopened"
    assert after[-1].text == "a witness came forward"
