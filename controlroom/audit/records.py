"""What an audit entry says, as the pages see it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class AuditEntry:
    """One entry of the chain. `text` is personal and may have been purged (then empty, its hash remains)."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject: str
    detail: dict[str, object] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Verification:
    """The outcome of walking the chain: how many entries, and the first thing wrong (empty when sound)."""

    entries: int
    fault: str = ""

    @property
    def sound(self) -> bool:
        """True when nothing was found wrong."""
        return not self.fault
