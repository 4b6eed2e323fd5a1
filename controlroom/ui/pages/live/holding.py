"""Follows who has control of which camera: on every tile, in the panel, and in what two keys do about it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.records import Role
from controlroom.cameras.control.messages import HoldWord
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.holds.records import GuardKind, HoldNews, HoldsSeen, NoticeKind, Rank
from controlroom.cameras.records import Camera
from controlroom.ui.kit.context import PageContext
from controlroom.ui.pages.live import hold_words
from controlroom.ui.pages.live.hold_words import HoldLineWords, Standing, Take

UNGUARDED = "steered without the recorder"


class Holding(QObject):
    """What this desk knows of holds, and what it says about them. Knows cameras by id."""

    changed = Signal()
    lost = Signal(object)  # camera id: somebody else has control now, whatever is held down

    def __init__(
        self,
        control: ControlClient,
        cameras: Mapping[int, Camera],
        selected: Callable[[], Camera | None],
        context: PageContext,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._control, self._cameras, self._selected = control, cameras, selected
        self._session, self._messages = context.session, context.messages
        self.seen = HoldsSeen()
        self._pressed: dict[int, HoldNews] = {}
        self._asked: set[int] = set()
        self._told: set[int] = set()  # what was said of their control stands on the screen
        self._lasting: set[str] = set()  # topics of what else was said to the person at the desk
        self._only_asks: set[int] = set()  # the recorder knows us by a lower rank than we do
        context.session.actor_changed.connect(self._forget)

    def take_seen(self, seen: HoldsSeen) -> None:
        """The control process tells every hold afresh."""
        before, self.seen = self.seen, seen
        for camera_id in [*self._pressed, *self._asked]:
            free = hold_words.hold_of(seen, camera_id) is None and not seen.away
            if free or hold_words.is_ours(seen, camera_id):
                self._pressed.pop(camera_id, None)
                self._asked.discard(camera_id)
            elif not hold_words.is_asked_by(seen, camera_id, "", self._me):
                self._asked.discard(camera_id)  # somebody else was first
        if (before.away or before.busy) and not (seen.away or seen.busy):
            self._pressed.clear()
            for topic in [each for each in self._lasting if each.startswith(UNGUARDED)]:
                self._lasting.discard(topic)
                self._messages.take_back(topic)
        asked_before, asked = hold_words.questions(before), hold_words.questions(seen)
        for camera_id, asker in asked_before.items():
            if asked.get(camera_id) != asker:
                self._messages.take_back(self._question_topic(camera_id))
        for camera_id in list(self._told):
            if hold_words.is_ours(seen, camera_id) or hold_words.hold_of(seen, camera_id) is None:
                self._take_back(camera_id)
        for camera_id, asker in asked.items():
            if asked_before.get(camera_id) != asker:
                self._tell_question(camera_id, asker)
        self.changed.emit()

    def take_news(self, news: HoldNews) -> None:
        """A movement was held back, or there is something to be told once."""
        if not news.camera_id.isdecimal():
            return
        camera_id = int(news.camera_id)
        if news.guard is not None:
            if news.guard is GuardKind.OTHERS and not news.may_take and self._may_take(camera_id):
                self._only_asks.add(camera_id)
            self._pressed[camera_id] = news
        if news.notice in (NoticeKind.TAKEN, NoticeKind.GIVEN_UP):
            self.lost.emit(camera_id)
        if news.notice in (NoticeKind.UNANSWERED, NoticeKind.GRANTED):
            self._asked.discard(camera_id)
        text = hold_words.strip_words(news, self._number(camera_id))
        if text:
            done, lasts = news.notice is NoticeKind.GRANTED, news.notice is NoticeKind.STEERED_MEANWHILE
            topic = self._lasting_topic("steered meanwhile", camera_id) if lasts else self._topic(camera_id)
            self._messages.show(text, "done" if done else "warn", topic=topic)
            if not (done or lasts):
                self._told.add(camera_id)
        self.changed.emit()

    def note(self, camera: Camera | None, *, moving: bool) -> HoldLineWords:
        """What a camera's tile says of control; without a recorder only our own hand is known (`moving`)."""
        if camera is None:
            return hold_words.NOTHING
        if not self.seen.guarded:
            return HoldLineWords(hold_words.OURS, "accent") if moving else hold_words.NOTHING
        return hold_words.tile_note(self.seen, camera.id)

    def standing(self, camera: Camera) -> Standing:
        """What the panel says of control of a camera, and what the key does about it."""
        return hold_words.standing(
            self.seen,
            camera.id,
            me=self._me,
            above=self._may_take(camera.id),
            waiting=camera.id in self._asked,
            pressed=self._pressed.get(camera.id),
        )

    def line(self, camera: Camera) -> HoldLineWords:
        """What the panel says of control; nothing where the camera is free."""
        return self.standing(camera).line

    # -- what the two keys do --------------------------------------------------------------------------------

    def why_not_take(self) -> str:
        """Why control of the selected camera cannot be asked for or taken now; "" when it can."""
        camera = self._selected()
        if camera is None or not camera.steerable:
            return "No camera that can be steered is on the selected tile."
        return self.standing(camera).why_not

    def take(self) -> None:
        """Take the selected camera over, ask for it, or steer it although the recorder is silent."""
        camera = self._selected()
        if camera is None or self.why_not_take():
            return
        match self.standing(camera).take:
            case Take.ANYWAY:
                self._say(camera.id, HoldWord.ANYWAY)
                self._pressed.pop(camera.id, None)
                self._messages.show(
                    f"You may steer camera {camera.number} now. Nobody can see who else does until the recorder "
                    "answers.",
                    kind="warn",
                    topic=self._lasting_topic(UNGUARDED, camera.id),
                )
            case Take.OVER:
                self._say(camera.id, HoldWord.TAKE)
            case _:
                self._asked.add(camera.id)
                self._say(camera.id, HoldWord.ASK)
        self.changed.emit()

    def why_not_give(self) -> str:
        """Why there is nothing to give; "" when there is."""
        return "" if self._to_give() is not None else "You do not have control of this camera."

    def give(self) -> None:
        """Give control to who asks for it, or let the selected camera go."""
        if (camera_id := self._to_give()) is not None:
            self.lost.emit(camera_id)
            self._say(camera_id, HoldWord.GIVE)

    @property
    def take_words(self) -> str:
        """What the key would do now."""
        camera = self._selected()
        return (self.standing(camera).take if camera is not None else None) or Take.ASK

    def _to_give(self) -> int | None:
        camera = self._selected()
        asked = list(hold_words.questions(self.seen))
        if camera is not None and (camera.id in asked or hold_words.is_ours(self.seen, camera.id)):
            return camera.id
        return asked[0] if asked else None

    def _tell_question(self, camera_id: int, asker: str) -> None:
        self._messages.show(
            f"{asker} asks for control of camera {self._number(camera_id)}.",
            kind="warn",
            action=lambda: self._say(camera_id, HoldWord.GIVE),
            action_text="Give control",
            topic=self._question_topic(camera_id),
        )

    def _take_back(self, camera_id: int) -> None:
        self._told.discard(camera_id)
        self._messages.take_back(self._topic(camera_id))

    def _topic(self, camera_id: int) -> str:
        return f"control of camera {camera_id}"

    def _lasting_topic(self, what: str, camera_id: int) -> str:
        """A topic that goes with the person, and until then stays whoever has control."""
        topic = f"{what}, camera {camera_id}"
        self._lasting.add(topic)
        return topic

    def _question_topic(self, camera_id: int) -> str:
        return f"request for camera {camera_id}"

    @property
    def _me(self) -> str:
        return self._session.actor.handle if self._session.signed_in else ""

    def _may_take(self, camera_id: int) -> bool:
        above = self._session.signed_in and Role.SUPERVISOR in self._session.actor.roles
        rank = Rank.SUPERVISOR if above else Rank.OPERATOR
        return camera_id not in self._only_asks and hold_words.may_go_before(self.seen, camera_id, rank)

    def _say(self, camera_id: int, word: HoldWord) -> None:
        self._control.say(str(camera_id), word)

    def _number(self, camera_id: int) -> str:
        camera = self._cameras.get(camera_id)
        return camera.number if camera is not None else str(camera_id)

    def _forget(self) -> None:
        """Another person sits here: what was said to the one before is not theirs to answer."""
        for camera_id in list(self._told):
            self._take_back(camera_id)
        for topic in self._lasting:
            self._messages.take_back(topic)
        self._lasting.clear()
        for camera_id in hold_words.questions(self.seen):
            self._messages.take_back(self._question_topic(camera_id))
        self._pressed.clear()
        self._asked.clear()
        self._only_asks.clear()
        self.changed.emit()
