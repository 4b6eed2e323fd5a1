"""Tells the desk about holds: what was held back and why, notices, and every hold whenever something changed."""

from collections.abc import Callable

from controlroom.cameras.control.messages import Message
from controlroom.cameras.devices import DeviceFault, FaultKind
from controlroom.cameras.holds.guard import HoldGuard
from controlroom.cameras.holds.records import GuardKind, HoldNews, HoldNotice, HoldsSeen
from controlroom.codec import to_plain


class HoldReports:
    """Sends nothing twice. Called with the keeper's lock held."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._held_back: dict[str, HoldNews] = {}
        self._seen = HoldsSeen()

    def held_back(self, news: HoldNews) -> None:
        """A movement was held back: told once for each press of a key."""
        if self._held_back.get(news.camera_id) != news:
            self._held_back[news.camera_id] = news
            self._send({"hold_news": to_plain(news)})

    def key_let_go(self, camera_id: str) -> None:
        """The next press that is held back is told again."""
        self._held_back.pop(camera_id, None)

    def notice(self, notice: HoldNotice) -> None:
        """Something to be told once."""
        news = HoldNews(notice.camera_id, name=notice.name, desk=notice.desk, notice=notice.kind)
        self._send({"hold_news": to_plain(news)})

    def seen(self, guard: HoldGuard) -> None:
        """Every hold as this desk knows them."""
        seen = HoldsSeen(
            tuple(guard.seen[each] for each in sorted(guard.seen)),
            tuple(sorted(guard.beliefs)),
            guard.guarded and guard.away,
            guard.guarded,
            tuple(sorted(guard.warned)) if guard.away else (),
            guard.guarded and guard.busy,
        )
        if seen != self._seen:
            self._seen = seen
            self._send({"holds": to_plain(seen)})


def fault_of(news: HoldNews) -> DeviceFault:
    """The failure of something that was asked of a camera this desk does not hold."""
    what = {
        GuardKind.UNGUARDED: "The recorder does not answer, so nobody can say who steers this camera.",
        GuardKind.BUSY: "The recorder is busy, so nobody is given control now.",
        GuardKind.REFUSED: news.reason or "The recorder refused it.",
    }.get(news.guard or GuardKind.OTHERS, f"{news.name or 'Somebody else'} has control of this camera.")
    return DeviceFault(FaultKind.BUSY, what, remedy="Take control first.")
