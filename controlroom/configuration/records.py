"""A setting as the settings page shows it."""

from dataclasses import dataclass
from typing import Any

from controlroom.settings import Scope, Setting, Source


@dataclass(frozen=True)
class SettingLine:
    """One setting: what is declared, the value in force, where it comes from.

    `waiting` is a value already chosen that takes hold after the next start, None where there is none.
    """

    spec: Setting
    value: Any
    source: Source
    waiting: Any = None

    @property
    def name(self) -> str:
        """The setting's name."""
        return self.spec.name

    @property
    def chosen(self) -> Any:
        """What was chosen last, in force or not yet."""
        return self.value if self.waiting is None else self.waiting

    @property
    def bound(self) -> bool:
        """True where the file or the environment of this computer decides, so that the page cannot."""
        if self.spec.scope is Scope.COMPUTER:
            return True
        return self.spec.scope is Scope.ROOM and self.source in (Source.FILE, Source.ENVIRONMENT)
