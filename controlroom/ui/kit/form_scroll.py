"""Gives a record's form the height it needs, and lets it scroll where there is less (large text, a small screen)."""

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy

from controlroom.ui import theme
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.widgets.layout import scroll_upright

LEAST = 170  # pixels at scale 1 that a form keeps: a field, and its buttons


class FormScroll(QScrollArea):
    """Holds a `FormPlace`, is hidden with it, and keeps the field with the keyboard in view."""

    def __init__(self, forms: FormPlace) -> None:
        super().__init__()
        self._forms = forms
        scroll_upright(self)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(forms)
        self.setVisible(forms.form is not None)
        forms.installEventFilter(self)
        forms.changed.connect(self._follow)

    def sizeHint(self) -> QSize:
        return QSize(self._forms.sizeHint().width(), self._needed())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._forms.minimumSizeHint().width(), min(self._needed(), theme.px(LEAST)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._forms and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _needed(self) -> int:
        layout = self._forms.layout()
        if layout is None or not layout.hasHeightForWidth():
            return self._forms.sizeHint().height()
        return layout.totalHeightForWidth(self.viewport().width())

    def _follow(self) -> None:
        self.setVisible(self._forms.form is not None)
        self.updateGeometry()
