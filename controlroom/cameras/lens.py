"""Defines what the program knows of a camera's lens: what it can be told, and how it is set. Plain records."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LensState:
    """What a lens can be told, and how it is set now; None where it does not say."""

    focus: bool = False
    """The focus can be moved nearer and farther."""
    autofocus: bool = False
    """It can be told to focus by itself, and not to."""
    iris: bool = False
    """The iris can be opened and closed."""
    auto_iris: bool = False
    """It can be told to set the exposure by itself."""
    focuses_itself: bool | None = None
    exposes_itself: bool | None = None


NO_LENS = LensState()
