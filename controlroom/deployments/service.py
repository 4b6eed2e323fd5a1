"""Use cases of deployments, gathered: to live (installing), from live to closed (running), reading, and alerts."""

from dataclasses import dataclass

from controlroom.database.unit_of_work import Database
from controlroom.deployments.alerts import Alerts
from controlroom.deployments.bids.service import BidService
from controlroom.deployments.installing import Installing
from controlroom.deployments.meetings.service import MeetingService
from controlroom.deployments.overview import Overview
from controlroom.deployments.policy import Policy
from controlroom.deployments.running import Running
from controlroom.deployments.units.service import UnitService


class DeploymentService(Installing, Running, Overview, Alerts):
    """Everything that can be done with a deployment."""


@dataclass(frozen=True)
class RapidDeployment:
    """The services of this package together, as the desk's page wants them."""

    units: UnitService
    bids: BidService
    meetings: MeetingService
    deployments: DeploymentService
    policy: Policy

    @classmethod
    def over(cls, database: Database, policy: Policy) -> "RapidDeployment":
        """All services over one database, with one policy."""
        return cls(
            units=UnitService(database),
            bids=BidService(database, policy),
            meetings=MeetingService(database, policy),
            deployments=DeploymentService(database, policy),
            policy=policy,
        )
