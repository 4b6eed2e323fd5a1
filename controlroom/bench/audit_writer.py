"""Runs one of the writing processes of `controlroom bench audit`: `python -m controlroom.bench.audit_writer`.

It reads its order (one JSON line), says `ready`, waits for `go`, writes, and prints its latencies as one JSON
object.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from controlroom.accounts.records import Actor, Role
from controlroom.clock import process_clock
from controlroom.database.opening import open_database
from controlroom.errors import ControlRoomError
from controlroom.incidents.links import IncidentLinks
from controlroom.log import vocabulary
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS


def main() -> None:
    """Run until the last entry is written."""
    order = json.loads(sys.stdin.readline())
    database = open_database(order["url"], process_clock(), NOUNS)
    actor = Actor(order["user_id"], "Bench writer", frozenset({Role.OPERATOR}))
    service = LogService(
        database, vocabulary.load(), SnapshotStore(Path(tempfile.gettempdir())), IncidentLinks()
    )
    service.authors(actor)  # the connection is there before the clock starts
    print("ready", flush=True)
    sys.stdin.readline()
    latencies, failures = [], []
    for number in range(order["writes"]):
        started = time.perf_counter()
        try:
            service.write(
                actor, NewLogEntry(f"Entry {number}: two people by the station entrance, walking north")
            )
        except ControlRoomError as error:
            failures.append(str(error))
        else:
            latencies.append(round((time.perf_counter() - started) * 1000, 2))
    database.close()
    print(json.dumps({"latencies_ms": latencies, "failures": failures}), flush=True)


if __name__ == "__main__":
    main()
