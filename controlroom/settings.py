"""Every setting, declared once: name, type, default, and what it means.

Read from `settings.toml` in the data folder, then from the environment (`CONTROLROOM_REVIEW_DUE_DAY=60`).
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from controlroom.errors import InvalidInput

ENVIRONMENT_PREFIX = "CONTROLROOM_"


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """What a site may choose. Figures in rules come from the domain notes and can be changed here."""

    site_name: str = _setting("Control room", "the name in the window's title")
    jag_name: str = _setting("Joint Agency Group", "what JAG stands for here; elsewhere Joint Action Group")
    theme: str = _setting("dark", "dark for the room, light for offices")
    media_workers: int = _setting(
        1, "processes that decode pictures; one carries 104 sub-streams on two cores"
    )
    review_due_day: int = _setting(60, "day of a deployment on which its review is due")
    review_days_before_jag: int = _setting(
        14, "days before the last JAG of a deployment by which it is reviewed"
    )
    deployment_months: int = _setting(3, "calendar months of one deployment period")
    late_entry_minutes: int = _setting(15, "a log entry written this long after the event is marked late")

    @classmethod
    def meanings(cls) -> dict[str, str]:
        """Name and meaning of every setting."""
        return {each.name: each.metadata["meaning"] for each in fields(cls)}


def load(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a data folder. Raises InvalidInput naming the setting that cannot be used."""
    path = folder / "settings.toml"
    values: dict[str, Any] = {}
    if path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(
                f"{path} cannot be read: {error}.", remedy="Mend the line it names."
            ) from error
    known = {each.name: each for each in fields(Settings)}
    for name in known:
        if (given := environment.get(ENVIRONMENT_PREFIX + name.upper())) is not None:
            values[name] = given
    for name in values:
        if name not in known:
            raise InvalidInput(
                f"There is no setting named '{name}' (in {path}).",
                remedy=f"Known: {', '.join(sorted(known))}.",
            )
    return Settings(**{name: _typed(name, value, known[name].default) for name, value in values.items()})


def _typed(name: str, value: Any, default: Any) -> Any:
    kind = type(default)
    try:
        if kind is bool and isinstance(value, str):
            return {"true": True, "false": False}[value.lower()]
        if isinstance(value, kind):
            return value
        return kind(value)
    except (ValueError, KeyError) as error:
        raise InvalidInput(
            f"The setting '{name}' cannot be {value!r}.", remedy=f"Use something like {default!r}."
        ) from error
