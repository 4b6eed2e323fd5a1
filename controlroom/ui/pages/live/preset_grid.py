"""Shows the stored positions of a camera as buttons, with what is seen there once a picture of it is known."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QWidget

from controlroom.cameras.devices import Preset
from controlroom.ui import theme
from controlroom.ui.pages.live.panel_parts import share_width
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, column, empty, row
from controlroom.ui.widgets.painting import focus_ring, inside, painting, rounded, words
from controlroom.ui.widgets.text import heading, note

WITH_KEYS = 9  # presets that a figure drives to
COLUMNS, COLUMNS_WITH_PICTURES = 2, 3
USUAL_HINT, EDIT_HINT = "P, then the figure", "Its figure, or click"
NAME_ROOM = 24  # pixels for the name below a picture


class PresetButton(KeyButton):
    """A button with the name of a preset, below its picture where there is one."""

    menu_wanted = Signal()

    def __init__(self, name: str, key: str) -> None:
        super().__init__(name, key, bind=False)
        self.keeps_key = True
        self.picture: QPixmap | None = None

    def show_picture(self, picture: QPixmap | None, data: bytes = b"") -> None:
        """Show a picture above the name; `data` is its JPEG, shown larger beside the mouse."""
        self.picture = picture
        if picture is not None and data:
            source = f"data:image/jpeg;base64,{b64encode(data).decode()}"
            self.setToolTip(f'<img src="{source}" width="288"><br>{escape(self.toolTip())}')
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        if self.picture is not None:
            size.setHeight(theme.px(54 + NAME_ROOM))
        return size

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.picture is None:
            super().paintEvent(event)
            return
        with painting(self) as painter:
            box = inside(self, 1)
            name_room = theme.px(NAME_ROOM)
            rounded(painter, box, theme.color("raised"), theme.color("line"), radius=7)
            shown = QRectF(box.left(), box.top(), box.width(), box.height() - name_room)
            outline = QPainterPath()
            outline.addRoundedRect(shown.adjusted(1, 1, -1, 0), 6, 6)
            painter.save()
            painter.setClipPath(outline)
            painter.drawPixmap(shown, self.picture, _filling(self.picture, shown))
            painter.restore()
            below = QRectF(box.left() + 6, shown.bottom(), box.width() - 10, name_room)
            figure = theme.px(12) if self.key else 0
            if self.key:
                words(painter, below, self.key, "text_dim", 11, theme.MEDIUM)
            text = painter.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, round(below.width()) - figure
            )
            words(painter, below.adjusted(figure, 0, 0, 0), text, "text", 11, theme.MEDIUM)
            if self.hasFocus():
                focus_ring(painter, box, "accent")


class PresetGrid(QWidget):
    """P and then the figure drive to the first nine, the rest unfold below them."""

    chosen = Signal(str)  # token: drive there
    edit_wanted = Signal(str)  # token: rename or remove it
    presets_shown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[PresetButton] = []
        self.presets: Sequence[Preset] = ()
        self._pictures: Mapping[str, tuple[QPixmap, bytes]] = {}
        self._editing = False
        self._instead = note("")
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._hint = note(USUAL_HINT, wrap=False)
        self.more = KeyButton("", kind="quiet", bind=False, press=self._unfold)
        self.more.hide()
        self.tools = row(spacing=6)
        head = row(heading("Presets"), SPRING, self._hint)
        self.form_place = column()
        column(head, self._grid, self.more, self._instead, self.form_place, self.tools, on=self, spacing=8)

    @property
    def editing(self) -> bool:
        """True while a press chooses the preset to change instead of driving there."""
        return self._editing

    def set_editing(self, editing: bool) -> None:
        self._editing = editing
        self._hint.setText(EDIT_HINT if editing else USUAL_HINT)

    def show_presets(self, presets: Sequence[Preset], instead: str = "") -> None:
        """Show these; `instead` is said when there are none."""
        same = [each.token for each in presets] == [each.token for each in self.presets]
        shown = len(self.buttons) if same and len(self.buttons) > WITH_KEYS else WITH_KEYS
        if not same:
            self._pictures = {}
            self.set_editing(False)
        self.presets = tuple(presets)
        self._show_first(shown)
        self._instead.setText("" if presets else instead)
        self._instead.setVisible(bool(instead) and not presets)
        self._hint.setVisible(bool(presets))
        self.presets_shown.emit()

    def show_pictures(self, pictures: Mapping[str, tuple[QPixmap, bytes]]) -> None:
        """Show what is seen at each preset, by its token: the picture and its JPEG."""
        if {token: data for token, (_, data) in pictures.items()} == {
            token: data for token, (_, data) in self._pictures.items()
        }:
            return
        self._pictures = dict(pictures)
        held = self.window().focusWidget()
        focused = next((place for place, each in enumerate(self.buttons) if each is held), None)
        self._show_first(max(len(self.buttons), WITH_KEYS))
        if focused is not None:
            self.buttons[focused].show()  # or it takes no keyboard yet
            self.buttons[focused].setFocus(Qt.FocusReason.OtherFocusReason)

    def has_picture(self, token: str) -> bool:
        return token in self._pictures

    def _show_first(self, most: int) -> None:
        empty(self._grid)
        shown = self.presets[:most]
        self.buttons = [self._button(place, preset) for place, preset in enumerate(shown)]
        rest = len(self.presets) - len(shown)
        self.more.set_text(f"{rest} more")
        self.more.setVisible(rest > 0)

    def _unfold(self) -> None:
        first = len(self.buttons)
        self._show_first(len(self.presets))
        self.buttons[first].show()  # or it takes no keyboard yet
        self.buttons[first].setFocus(Qt.FocusReason.OtherFocusReason)

    def _button(self, place: int, preset: Preset) -> PresetButton:
        name = preset.name or preset.token
        key = str(place + 1) if place < WITH_KEYS else ""
        button = PresetButton(name, key)
        button.setToolTip(f"Drive to {name} (P, then {key})" if key else f"Drive to {name}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        share_width(button)
        button.clicked.connect(lambda _checked=False: self.press(place))
        button.menu_wanted.connect(lambda: self.edit_wanted.emit(preset.token))
        columns = COLUMNS
        if self._pictures:
            columns = COLUMNS_WITH_PICTURES
            button.show_picture(*self._pictures.get(preset.token, (_nothing(), b"")))
        self._grid.addWidget(button, place // columns, place % columns)
        return button

    def press(self, place: int) -> None:
        """As if the button at that place (from 0) were pressed."""
        if place < len(self.presets):
            token = self.presets[place].token
            (self.edit_wanted if self._editing else self.chosen).emit(token)


def _filling(picture: QPixmap, place: QRectF) -> QRectF:
    """The part of a picture that fills a place without being squeezed."""
    wide, high = picture.width(), picture.height()
    shape = place.width() / max(1.0, place.height())
    if wide > high * shape:
        return QRectF((wide - high * shape) / 2, 0, high * shape, high)
    return QRectF(0, (high - wide / shape) / 2, wide, wide / shape)


def _nothing() -> QPixmap:
    """Stands where no picture is known yet, beside others that are."""
    made = QPixmap(16, 9)
    made.fill(theme.color("ground"))
    return made
