"""Makes the test pictures of the demonstration's deployments: drawn by the simulator, then stored as any other."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from controlroom.deployments.deployments.pictures import kept_picture
from controlroom.log.records import Snapshot
from controlroom.log.snapshots import SnapshotStore
from controlroom.simulator.stills import Still, draw_stills

DEPLOYABLE_NAME = "deployable camera"  # what a camera that moves writes into its own picture: no street
_FIRST_SEED = 500


def _decodes(_picture: Path) -> None:
    """Ask nothing: the picture was drawn and encoded here."""


def seed_of(asset: str) -> int:
    """The seed of a unit's street: the simulated camera has the same one."""
    return _FIRST_SEED + int(asset.rpartition("-")[2])


@dataclass(frozen=True)
class Shot:
    """A test picture that a unit's camera took."""

    asset: str
    moment: datetime


class Photographs:
    """The pictures of some shots, drawn together; each is stored when its turn in the story comes."""

    def __init__(self, store: SnapshotStore, folder: Path, shots: Sequence[Shot]) -> None:
        self._store = store
        self._files = {
            shot: folder / f"{shot.asset}-{shot.moment:%Y-%m-%d-%H%M}.jpg" for shot in dict.fromkeys(shots)
        }
        draw_stills(
            [
                Still(
                    str(file), seed_of(shot.asset), f"{shot.asset} {DEPLOYABLE_NAME}", shot.moment.isoformat()
                )
                for shot, file in self._files.items()
            ]
        )

    def store(self, shot: Shot) -> tuple[str, Snapshot]:
        """Store a picture; returns its file's name and where it lies."""
        file = self._files[shot]
        with kept_picture(self._store, file, shot.moment, _decodes) as kept:
            return file.name, kept


@contextmanager
def photographs(store: SnapshotStore | None, shots: Sequence[Shot]) -> Iterator[Photographs | None]:
    """The pictures of these shots, while the block lasts; None without a store."""
    if store is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="controlroom-pictures-") as folder:
        yield Photographs(store, Path(folder), shots)
