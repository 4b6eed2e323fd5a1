"""Looks for keys that would do two things at once, in everything that pages and the desk declare."""

from collections.abc import Iterable, Sequence

from PySide6.QtGui import QKeySequence

from controlroom.ui.kit.action import EVERYWHERE, PAGES, Action
from controlroom.ui.kit.actions import DeskAction, asked_everywhere, desk_action, going_to, grouped
from controlroom.ui.kit.page import Page


def declared(pages: Iterable[Page]) -> list[Action]:
    """Everything that is declared: the desk's actions, going to pages, and what pages can do."""
    pages = list(pages)
    found = [*map(desk_action, DeskAction), *asked_everywhere()]
    found += [going_to(page) for page in pages if page.shortcut]
    return found + [each for page in pages if isinstance(page, Page) for each in page.declared_actions()]


def clashes(pages: Sequence[Page]) -> list[str]:
    """Keys that would do two things at once: in one part of a page, or on a page and everywhere."""
    everything = list(dict.fromkeys(declared(pages)))  # of a page inside another once
    general = [each for each in everything if each.where in (EVERYWHERE, PAGES)]
    found: set[str] = set()
    for where, held in [("", []), *grouped(each for each in everything if each not in general)]:
        of_page = [each for each in held if not each.part]
        for part in {each.part for each in held} | {""}:
            seen: dict[str, Action] = {}
            for each in [*general, *of_page, *(one for one in held if part and one.part == part)]:
                name = QKeySequence(each.keys).toString() if each.one_key else each.keys
                if name in seen and seen[name].text != each.text:
                    found.add(f"{name}: {_named(seen[name])} and {_named(each)}")
                seen[name] = each
        del where
    return sorted(found)


def _named(action: Action) -> str:
    return f"{action.place} ({action.text})"
