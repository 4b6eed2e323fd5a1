"""A desk on a PostgreSQL server: opened under its own role, worked at by persons under theirs."""

import pytest

from controlroom.accounts.records import Role
from controlroom.accounts.service import AccountService
from controlroom.app.room import keeping_up, open_services
from controlroom.clock import SystemClock
from controlroom.database.opening import open_database
from controlroom.database.people import people_of
from controlroom.database.workstation import keep_secret
from controlroom.errors import PermissionRefused
from controlroom.incidents.records import NewIncident
from controlroom.log.records import NewLogEntry
from controlroom.nouns import NOUNS
from tests import engines
from tests.builders import PASSWORD
from tests.database.own_logins import secret_of
from tests.log.writing import write_entry
from tests.waiting import wait_until

pytestmark = pytest.mark.postgresql


@pytest.fixture
def address(tmp_path):
    """The desk's address of a room with an administrator, an operator and a supervisor; its secret in the folder."""
    chief_url = engines.administrators_url(tmp_path)
    database = open_database(chief_url, SystemClock(), NOUNS)
    accounts = AccountService(database, people_of(database))
    chief = accounts.add_first("chief", "Administrator", PASSWORD)
    accounts.add(chief, "operator", "Operator 07", PASSWORD, {Role.OPERATOR})
    accounts.add(chief, "supervisor", "Supervisor 02", PASSWORD, {Role.SUPERVISOR})
    database.close()
    keep_secret(tmp_path, "desk", secret := secret_of("desk"))
    return engines.url_as(tmp_path, engines.ROOM.of("desk"), secret)


def test_a_whole_shift_at_a_desk_of_a_server(address, tmp_path):
    with open_services(tmp_path, address) as services, keeping_up(services):
        assert not services.sign_in.is_empty()
        assert isinstance(services.sign_in.users(), list)
        wait_until(lambda: services.database.availability.here)
        with pytest.raises(PermissionRefused):
            services.sign_in.sign_in("operator", "not the password")
        operator = services.sign_in.sign_in("operator", PASSWORD)
        write_entry(services.log, operator, NewLogEntry("Two males by the arcade"))
        incident = services.incidents.open_incident(operator, NewIncident("robbery", "Phone snatched"))
        supervisor = services.sign_in.sign_in("supervisor", PASSWORD)
        services.restrictions.restrict(supervisor, incident.id, [operator.user_id], "Directed surveillance")
        assert services.audit_trail.verify(supervisor).sound
        services.sign_in.sign_out(supervisor)
        with pytest.raises(PermissionRefused):
            services.log.entries(operator)
