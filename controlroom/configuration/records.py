"""Defines a setting as the settings page shows it."""

from dataclasses import dataclass
from typing import Any

from controlroom.settings import Scope, Setting, SettingSource


@dataclass(frozen=True)
class SettingLine:
    """One setting: its declaration, the value in force, and where that comes from.

    `waiting` is a value already chosen that takes effect after the next start, None where there is none.
    """

    spec: Setting
    value: Any
    source: SettingSource
    waiting: Any = None

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def chosen(self) -> Any:
        """The value chosen last, whether in force yet or not."""
        return self.value if self.waiting is None else self.waiting

    @property
    def bound(self) -> bool:
        """True where this computer's file or environment decides, so that the page cannot."""
        if self.spec.scope is Scope.COMPUTER:
            return True
        return self.spec.scope is Scope.ROOM and self.source in (
            SettingSource.FILE,
            SettingSource.ENVIRONMENT,
        )
