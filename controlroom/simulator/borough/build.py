"""Writes the whole demonstration borough into an empty database, in one transaction, from a seed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from controlroom.accounts.records import User
from controlroom.audit.service import PendingEntry, add, put_in_time_order
from controlroom.cameras.places import placed
from controlroom.cameras.records import Camera, Protocol
from controlroom.cameras.service import to_record, to_row
from controlroom.database.unit_of_work import Database
from controlroom.incidents import signatures
from controlroom.log.snapshots import SnapshotStore
from controlroom.simulator.borough.deployments import write_deployments
from controlroom.simulator.borough.health import DAYS, write_health
from controlroom.simulator.borough.incidents import write_incidents
from controlroom.simulator.borough.people import switch_off_one, write_people
from controlroom.simulator.borough.places import register
from controlroom.simulator.borough.restricted import restrict_one
from controlroom.simulator.borough.shifts import write_shifts
from controlroom.site_key import SiteKey

SEED = 20

# The order in which the borough's cameras get a simulated picture: the blocks of the design's wall first.
SHOWN_FIRST = (
    "001", "002", "014", "015", "023", "031", "041", "053", "054", "067", "075", "081", "087", "RDC-01", "RDC-04",
    "RDC-08", "007", "011", "026", "033", "061", "064", "070", "092", "H01",
)  # fmt: skip


@dataclass(frozen=True)
class Endpoint:
    """The host and port where one simulated camera answers."""

    host: str
    port: int
    username: str
    password: str
    main_stream: str
    sub_stream: str
    protocol: Protocol = Protocol.ONVIF


@dataclass(frozen=True)
class Borough:
    """What was written."""

    users: list[User]
    cameras: list[Camera]
    shown: list[Camera]


def numbers_to_show(count: int) -> list[str]:
    """Return the numbers of the first `count` cameras to give a simulated picture."""
    everyone = [camera.number for camera in register()]
    order = [*SHOWN_FIRST, *(number for number in everyone if number not in SHOWN_FIRST)]
    return order[:count]


def build_borough(
    database: Database,
    site_key: SiteKey,
    endpoints: Mapping[str, Endpoint],
    *,
    seed: int = SEED,
    pictures: SnapshotStore | None = None,
) -> Borough:
    """Write accounts, shifts, the register (cameras in `endpoints` reachable there), incidents, deployments, health.

    The deployments' test pictures are kept in `pictures`; without it they are names alone.
    """
    with database.write() as work:
        users = write_people(work)
        made_at = work.now - timedelta(days=424)
        rows = []
        for camera in register():
            if (end := endpoints.get(camera.number)) is not None:
                camera = replace(
                    camera,
                    host=end.host,
                    port=end.port,
                    username=end.username,
                    password=end.password,
                    main_stream=end.main_stream,
                    sub_stream=end.sub_stream,
                    protocol=end.protocol,
                )
            rows.append(to_row(camera, site_key, made_at))
        work.session.add_all(rows)
        work.session.flush()
        add(
            work,
            *(
                PendingEntry("Administrator", "camera.added", "camera", row.number, at=made_at)
                for row in rows
            ),
        )
        cameras = [to_record(row) for row in rows]
        begun_at = work.now - timedelta(days=DAYS)
        write_shifts(work, now=work.now, since=begun_at, seed=seed, users=users)
        # First the deployments: what was seen by a deployable camera has the place it had on that day.
        write_deployments(work, now=work.now, seed=seed, users=users, cameras=cameras, pictures=pictures)
        write_incidents(work, now=work.now, seed=seed, users=users, cameras=cameras)
        write_health(work, now=work.now, seed=seed, cameras=cameras)
        switch_off_one(work)
        restrict_one(work, users)
        add(work, signatures.begin_entry(work.now))  # nobody signed in to sign this past
        put_in_time_order(work)
        cameras = placed(work.session, cameras)
    by_number = {camera.number: camera for camera in cameras}
    return Borough(users, cameras, [by_number[number] for number in endpoints if number in by_number])
