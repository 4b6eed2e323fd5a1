"""Reads what the room chose about holds, for the recorder, as the settings are by now."""

from pathlib import Path

from controlroom.cameras.holds.rules import HoldRules
from controlroom.configuration.service import SettingsService
from controlroom.database.unit_of_work import Database


class ChosenHoldRules:
    """Returns the rules of holds as they are set now, or were set last while the database is away."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder
        self._settings: SettingsService | None = None

    def __call__(self) -> HoldRules:
        if self._settings is None:
            self._settings = SettingsService(self._database, self._folder)
        else:
            self._settings.reload()
        chosen = self._settings.now
        return HoldRules(
            chosen.hold_idle_s, chosen.hold_answer_s, silence_gives=chosen.hold_unanswered == "gives"
        )
