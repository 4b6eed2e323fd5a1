"""An action a record offers now, and what stands in its way: the same shape for bids and deployments."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class ActionNow:
    """An action of the state a record is in; `why_not` is empty when it can be taken now."""

    action: StrEnum
    why_not: str = ""

    @property
    def ready(self) -> bool:
        """True when nothing stands in the way."""
        return not self.why_not
