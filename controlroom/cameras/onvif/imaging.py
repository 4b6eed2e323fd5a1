"""Moves a camera's focus and iris over one session, by the imaging service."""

from dataclasses import dataclass
from typing import Any

from controlroom.cameras.devices import GONE, DeviceFault, FaultKind
from controlroom.cameras.lens import LensState
from controlroom.cameras.onvif.ptz_capabilities import ANY_SPACE, Range
from controlroom.cameras.onvif.safe_xml import Node, number_of, text_of
from controlroom.cameras.onvif.session import CALL_S, CameraSession
from controlroom.cameras.onvif.wsdl import Service

IRIS_STEPS = 8  # presses from open to closed
AUTO, MANUAL = "AUTO", "MANUAL"
_NOT_LIKE_THAT = frozenset({FaultKind.BAD_ARGUMENT, FaultKind.NOT_SUPPORTED, FaultKind.FAILED})
_KEPT = ("ExposureTime", "Gain")  # a manual exposure needs them too: as they are


@dataclass(frozen=True)
class LensOptions:
    """What the lens of one video source takes; None or empty where it cannot be told."""

    source: str
    focus_speed: Range | None = None
    focus_modes: frozenset[str] = frozenset()
    iris: Range | None = None
    exposure_modes: frozenset[str] = frozenset()


def read_lens_options(session: CameraSession, source: str) -> LensOptions | None:
    """Read what the lens can be told; None for a camera without the imaging service.

    What cannot be read counts as missing. Raises DeviceFault when the camera is gone or refuses the login.
    """
    if not source or not session.offers(Service.IMAGING):
        return None
    moves = _asked(session, "GetMoveOptions", source)
    options = _asked(session, "GetOptions", source)
    speed = moves.find(".//{*}Continuous/{*}Speed") if moves is not None else None
    iris = options.find(".//{*}Exposure/{*}Iris") if options is not None else None
    has_focus = moves is not None and moves.find(".//{*}Continuous") is not None
    return LensOptions(
        source,
        focus_speed=_range(speed, ANY_SPACE.x) if has_focus else None,
        focus_modes=_modes(options, ".//{*}Focus/{*}AutoFocusModes"),
        iris=_range(iris, None) if iris is not None else None,
        exposure_modes=_modes(options, ".//{*}Exposure/{*}Mode"),
    )


class Lens:
    """One camera's lens, used over one session. Every method raises DeviceFault."""

    def __init__(self, session: CameraSession, options: LensOptions) -> None:
        self.options = options
        self.session = session

    def over(self, session: CameraSession) -> "Lens":
        """Return the same lens over another session with its camera."""
        return Lens(session, self.options)

    def move(self, speed: float) -> None:
        """Focus at a speed of -1 (nearer) to 1 (farther) until the next move or Stop.

        A camera that focuses by itself and therefore rejects the move is told not to, and asked again.
        """
        known = self.options.focus_speed
        if known is None:
            raise self._cannot("its focus cannot be moved")
        try:
            self._move(known.speed(speed))
        except DeviceFault as fault:
            if fault.kind not in _NOT_LIKE_THAT or MANUAL not in self.options.focus_modes:
                raise
            self.set_autofocus(False)
            self._move(known.speed(speed))

    def stop(self, seconds: float = CALL_S) -> None:
        """Stop the focus; by a move at speed zero if the camera has no Stop."""
        try:
            self._call("Stop", seconds=seconds, stopping=True)
        except DeviceFault as fault:
            if fault.kind not in _NOT_LIKE_THAT or self.options.focus_speed is None:
                raise
            self._move(0.0, seconds, stopping=True)

    @property
    def hold_s(self) -> float | None:
        """ONVIF gives a focus move no time-out."""
        return None

    def stands(self) -> bool:
        """False: ONVIF does not tell whether a focus moves in a way that could be relied on."""
        return False

    def state(self) -> LensState:
        """Read what can be told, and how it is set now."""
        options = self.options
        settings = self._call("GetImagingSettings")
        focuses = text_of(settings, ".//{*}Focus/{*}AutoFocusMode").upper()
        exposes = text_of(settings, ".//{*}Exposure/{*}Mode").upper()
        return LensState(
            focus=options.focus_speed is not None,
            autofocus={AUTO, MANUAL} <= options.focus_modes,
            iris=options.iris is not None and MANUAL in options.exposure_modes,
            auto_iris={AUTO, MANUAL} <= options.exposure_modes,
            focuses_itself=focuses == AUTO if focuses else None,
            exposes_itself=exposes == AUTO if exposes else None,
        )

    def set_autofocus(self, auto: bool) -> None:
        """Let the camera focus by itself, or leave it where it is."""
        if (AUTO if auto else MANUAL) not in self.options.focus_modes:
            raise self._cannot(
                "its focus is not set by itself" if auto else "its focus is always set by itself"
            )
        self._set(Focus={"AutoFocusMode": AUTO if auto else MANUAL})

    def turn_iris(self, steps: int) -> None:
        """Open the iris by so many steps (below 0: close it); from then on it is set by hand.

        ONVIF tells the iris as attenuation: its least is fully open.
        """
        known = self.options.iris
        if known is None or MANUAL not in self.options.exposure_modes:
            raise self._cannot("its iris cannot be set")
        exposure = self._call("GetImagingSettings").find(".//{*}Exposure")
        now = number_of(exposure.findtext("{*}Iris")) if exposure is not None else None
        middle = (known.low + known.high) / 2
        wanted = (middle if now is None else now) - steps * (known.high - known.low) / IRIS_STEPS
        values: dict[str, Any] = {"Mode": MANUAL, "Iris": min(known.high, max(known.low, wanted))}
        for name in _KEPT:
            kept = number_of(exposure.findtext(f"{{*}}{name}")) if exposure is not None else None
            if kept is not None:
                values[name] = kept
        self._set(Exposure=values)

    def set_auto_iris(self) -> None:
        """Let the camera set its exposure, and with it the iris, by itself."""
        if AUTO not in self.options.exposure_modes:
            raise self._cannot("it does not set its iris by itself")
        self._set(Exposure={"Mode": AUTO})

    def _move(self, speed: float, seconds: float = CALL_S, *, stopping: bool = False) -> None:
        self._call("Move", seconds=seconds, stopping=stopping, Focus={"Continuous": {"Speed": speed}})

    def _set(self, **settings: Any) -> None:
        self._call("SetImagingSettings", ImagingSettings=settings, ForcePersistence=False)

    def _call(
        self, operation: str, *, seconds: float = CALL_S, stopping: bool = False, **parameters: Any
    ) -> Node:
        parameters["VideoSourceToken"] = self.options.source
        return self.session.call(Service.IMAGING, operation, seconds=seconds, stopping=stopping, **parameters)

    def _cannot(self, why: str) -> DeviceFault:
        return DeviceFault(FaultKind.NOT_SUPPORTED, f"{self.session.address.title} cannot do this: {why}.")


def _asked(session: CameraSession, operation: str, source: str) -> Node | None:
    try:
        return session.call(Service.IMAGING, operation, VideoSourceToken=source)
    except DeviceFault as fault:
        if fault.kind in GONE or session.login.refused:
            raise
        return None


def _modes(options: Node | None, path: str) -> frozenset[str]:
    if options is None:
        return frozenset()
    return frozenset((node.text or "").strip().upper() for node in options.iterfind(path)) - {""}


def _range(node: Node | None, usual: Range | None) -> Range | None:
    if node is None:
        return usual
    low, high = number_of(node.findtext("{*}Min")), number_of(node.findtext("{*}Max"))
    return usual if low is None or high is None or low >= high else Range(low, high)
