"""Builds the services of rapid deployment together, passing each what it needs from the others."""

from dataclasses import dataclass

from controlroom.database.unit_of_work import Database
from controlroom.deployments.bids.service import BidService
from controlroom.deployments.deployments.alerts import AlertService
from controlroom.deployments.deployments.pictures import Decodes, no_decoder
from controlroom.deployments.deployments.queries import bid_deployments, holders
from controlroom.deployments.deployments.service import DeploymentService
from controlroom.deployments.meetings.jag import JAG
from controlroom.deployments.meetings.service import MeetingService
from controlroom.deployments.overview import OverviewService
from controlroom.deployments.policy import Policy
from controlroom.deployments.units.service import UnitService
from controlroom.log.snapshots import SnapshotStore


@dataclass(frozen=True)
class DeploymentServices:
    """The services of this package together, as the desk's page wants them."""

    units: UnitService
    bids: BidService
    meetings: MeetingService
    deployments: DeploymentService
    alerts: AlertService
    overview: OverviewService
    policy: Policy

    @classmethod
    def over(
        cls,
        database: Database,
        policy: Policy,
        pictures: SnapshotStore,
        check_decodes: Decodes = no_decoder,
    ) -> "DeploymentServices":
        """All services over one database, with one policy; test pictures that decode lie in `pictures`."""
        return cls(
            units=UnitService(database, holders),
            bids=BidService(database, policy, JAG, bid_deployments),
            meetings=MeetingService(database, policy, JAG),
            deployments=DeploymentService(database, policy, JAG, pictures, check_decodes),
            alerts=AlertService(database, policy, JAG),
            overview=OverviewService(database, policy, JAG),
            policy=policy,
        )
