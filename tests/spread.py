"""Spreads the tests over workers: those that share a fixture of their module go to one, which makes it once."""

from functools import cache
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent


class ModulesTogether(LoadScopeScheduling):
    """Modules with a fixture of their own as a whole, the largest first; after them every other test by itself."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if shares_a_fixture(path) else nodeid


@cache
def shares_a_fixture(path: str) -> bool:
    """True for a module whose tests share what one of its fixtures makes."""
    return 'scope="module"' in (ROOT / path).read_text(encoding="utf-8")


def make(config: Any, log: Any) -> ModulesTogether:
    """Make the scheduler of a run."""
    return ModulesTogether(config, log)
