"""Lets all databases of a test run share the statements SQLAlchemy has compiled.

Each test opens a database of its own, and each engine would compile the same statements again: a fifth of the processor
time of tests that use a database. The program has one engine for each process, and shares nothing.
"""

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_STATEMENTS = 3000
_caches: dict[type, LRUCache] = {}


def share() -> None:
    """From now on every engine of one kind uses one cache; what is in it is found by the kind of its dialect."""
    Engine._compiled_cache = property(_cache_of, lambda _engine, _cache: None)  # pyright: ignore
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)
    DefaultDialect.__hash__ = lambda self: hash(type(self))


def _cache_of(engine: Engine) -> LRUCache:
    return _caches.setdefault(type(engine.dialect), LRUCache(_STATEMENTS))
