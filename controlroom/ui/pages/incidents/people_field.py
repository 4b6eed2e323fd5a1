"""Lets a person choose several people: a box to tick for each, in as many lines as it takes."""

from collections.abc import Collection, Sequence

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QSizePolicy, QWidget

from controlroom.incidents.records import Reader
from controlroom.ui import theme
from controlroom.ui.kit.flow import FlowLayout

HEIGHT = 132  # four lines of names; more scroll


class PeopleField(QScrollArea):
    """The people who may be named; `value` is the ids of those ticked."""

    def __init__(self, people: Sequence[Reader], chosen: Collection[int], always: int) -> None:
        """`always` is who cannot be left out: the person asking."""
        super().__init__()
        inner = QWidget()
        flow = FlowLayout(inner, gap=14)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        inner.setSizePolicy(policy)
        self.boxes: dict[int, QCheckBox] = {}
        for person in people:
            box = QCheckBox(person.handle + (" (you)" if person.user_id == always else ""))
            box.setChecked(person.user_id in chosen or person.user_id == always)
            box.setEnabled(person.user_id != always)
            box.setToolTip(person.roles)
            box.setAccessibleDescription(person.roles)
            flow.addWidget(box)
            self.boxes[person.user_id] = box
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedHeight(theme.px(HEIGHT if len(people) > 12 else HEIGHT // 2 + 6))

    @property
    def value(self) -> tuple[int, ...]:
        return tuple(key for key, box in self.boxes.items() if box.isChecked())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        first = next((box for box in self.boxes.values() if box.isEnabled()), None)
        if first is not None:
            first.setFocus(event.reason())
