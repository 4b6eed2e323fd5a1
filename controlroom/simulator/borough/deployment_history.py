"""Writes the past of the demonstration's rapid deployment: each action at its moment, in the order of time.

The actions are the row operations that the services use (`work.py` of each sub-package), so that the history obeys
the same rules, moves units and bids along, and leaves the audit entries the services would have left then.
"""

from collections.abc import Callable
from datetime import date, datetime

from controlroom.audit.act import Act
from controlroom.database.unit_of_work import Work
from controlroom.deployments.meetings.tables import MeetingRow
from controlroom.deployments.policy import Policy
from controlroom.deployments.units.tables import UnitRow
from controlroom.simulator.borough.photographs import Photographs

Deed = Callable[[Act], object]


class History:
    """Collects actions, then does them; `units` by asset and `meetings` by day fill up on the way.

    Without `photographs` the test pictures are names alone.
    """

    def __init__(
        self, work: Work, coordinator: str, policy: Policy, photographs: Photographs | None = None
    ) -> None:
        self.policy, self.photographs = policy, photographs
        self.units: dict[str, UnitRow] = {}
        self.meetings: dict[date, MeetingRow] = {}
        self._work, self._coordinator = work, coordinator
        self._deeds: list[tuple[datetime, str, Deed]] = []

    def at(self, moment: datetime, deed: Deed, *, who: str = "") -> None:
        """Have the coordinator, or `who`, do something at a moment."""
        self._deeds.append((moment, who or self._coordinator, deed))

    def write(self) -> None:
        """Do everything, in the order of time; of two deeds at one moment, the one that was named first."""
        for moment, who, deed in sorted(self._deeds, key=lambda each: each[0]):
            deed(Act(self._work, who, moment))
        self._work.session.flush()
