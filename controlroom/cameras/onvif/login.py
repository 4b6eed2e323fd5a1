"""Represents one account on one camera: it signs the calls and remembers whether the camera accepted it.

All sessions with that camera share it, so that a password refused on one connection is never tried on another:
Hikvision locks an account for half an hour after a few failures, Reolink for five minutes.
"""

import re
import threading
from enum import Enum
from itertools import pairwise

from requests.auth import HTTPDigestAuth
from requests.utils import parse_dict_header
from zeep.wsse.username import UsernameToken

from controlroom.cameras.devices import STOP_REFUSALS, DeviceAddress, DeviceFault, FaultKind
from controlroom.cameras.onvif.camera_clock import CameraClock

FAILURES_IN_DOUBT = 3  # signed calls a camera may fail at before it has let us in once
# What else may stand for a refusal while a camera has never let us in, and how much each weighs against that number.
DOUBTS = {
    FaultKind.FAILED: 1,
    FaultKind.BUSY: FAILURES_IN_DOUBT,
    FaultKind.NOT_SUPPORTED: FAILURES_IN_DOUBT,
    FaultKind.NOT_ONVIF: FAILURES_IN_DOUBT,
    FaultKind.BAD_ARGUMENT: FAILURES_IN_DOUBT,
}
DIGESTS = ("SHA-256", "MD5")  # that `requests` works out as RFC 7616 says, the safest first
_SCHEME_NAME = re.compile(r"(?i)(?:^|,)\s*(basic|bearer|digest|negotiate|ntlm)\b(?!\s*=)")
REFUSALS_IN_A_ROW = 3  # after the camera had let us in: its password may have been changed meanwhile
# Answered before anyone has logged in: success says nothing about the password (ONVIF Core, PRE_AUTH).
OPEN_TO_ALL = frozenset({"GetSystemDateAndTime", "GetServices", "GetServiceCapabilities", "GetCapabilities"})


class Scheme(Enum):
    """How the camera wants to be logged in to."""

    TOKEN = 1
    DIGEST = 2


class OnvifLogin:
    """A user name and password for one camera, with what the camera answered to them."""

    def __init__(self, address: DeviceAddress, clock: CameraClock | None = None) -> None:
        self.clock = clock or CameraClock()
        self.scheme = Scheme.TOKEN
        self.clock_for_users_only = False
        self._username = address.username
        self._password = address.password
        self._lock = threading.Lock()
        self.stop_refusals = STOP_REFUSALS
        """How often Stop may be refused on end before `may_stop` is false."""
        self._stops_refused = 0
        self._one_more_stop = False
        self._accepted = False
        self._refused = False
        self._in_a_row = 0
        self._doubts = 0
        self._refusals: set[str] = set()
        self.said = ""
        """The camera's own words when it refused a call. With `in_doubt`, the login may not have been the reason."""
        self.in_doubt = False
        self.looks_again = False
        """With `in_doubt`: it may have been no refusal, so it is worth one more call after a long pause."""

    @property
    def given(self) -> bool:
        """True when there is a user to log in as."""
        return bool(self._username)

    @property
    def refused(self) -> bool:
        """True once the camera has refused; nothing more is sent with this login until someone acts."""
        return self._refused

    @property
    def accepted(self) -> bool:
        """True once the camera has answered something that only a known user may ask."""
        return self._accepted

    @property
    def in_question(self) -> bool:
        """True when one more refusal in a row would be taken for a password changed since the camera let us in."""
        return self._accepted and not self._refused and self._in_a_row == REFUSALS_IN_A_ROW - 1

    def hold(self) -> None:
        """Treat the login as refused without trying it (it was refused before a restart)."""
        self._refused = True

    def token(self) -> UsernameToken:
        """Make a token for one call: a fresh nonce and the camera's time. Hikvision wants the `Z` behind the time."""
        return UsernameToken(
            self._username, self._password, use_digest=True, created=self.clock.now(), zulu_timestamp=True
        )

    def digest(self, challenge: str) -> "Digest":
        """Answer an HTTP Digest challenge; the answer also serves the calls that follow."""
        return Digest(self._username, self._password, challenge)

    def may_try(self, operation: str) -> bool:
        """False where trying again would only add to the camera's count of failures."""
        with self._lock:
            return not self._refused and operation not in self._refusals

    @property
    def may_stop(self) -> bool:
        """True while a call that stops something may be made. It has an allowance of its own: a camera that may be
        moving weighs more than an account that may be locked, and Dahua answers 401 when it is out of connections.
        """
        with self._lock:
            return self._stops_refused < self.stop_refusals or self._one_more_stop

    @property
    def stops_refused(self) -> int:
        """How often Stop was refused since the camera last accepted a call."""
        return self._stops_refused

    def allow_stop(self) -> None:
        """Let one more Stop pass, whatever was refused before."""
        self._one_more_stop = True

    def note_stop_refused(self, said: str = "") -> None:
        """Note that the camera refused a call that would have stopped it, and its words."""
        with self._lock:
            self.said = said
            self._stops_refused += 1
            self._one_more_stop = False

    def look_again(self) -> None:
        """Let one signed call pass; the next refusal, or doubt, is final like the one before."""
        with self._lock:
            self._refused = False
            self._refusals.clear()
            self._in_a_row = max(self._in_a_row, REFUSALS_IN_A_ROW - 1)

    def takes_other_clock(self) -> bool:
        """True, once, where the camera's time explains its refusal of the first token: the next bears our time.

        Such a camera tells its local time as UTC, and yet compares tokens with true UTC.
        """
        with self._lock:
            if self._accepted or self._refused or self.scheme is not Scheme.TOKEN or not self.given:
                return False
            return self.clock.take_for_local()

    def note_accepted(self, operation: str) -> None:
        """Note that the camera did as asked. After refusals that were none of the login, everything may be tried."""
        if operation in OPEN_TO_ALL:
            return
        with self._lock:
            if self._refused or self._stops_refused:
                self._refusals.clear()
            self._accepted, self._refused, self._one_more_stop = True, False, False
            self._in_a_row = self._doubts = self._stops_refused = 0
            self.in_doubt = self.looks_again = False
            self._refusals.discard(operation)

    def note_refused(self, operation: str, said: str = "") -> None:
        """Note a refusal and the camera's words; it is final when the camera never let us in, or refuses everything
        by now.
        """
        with self._lock:
            self.said = said
            self.in_doubt = self.looks_again = False
            self._in_a_row += 1
            self._refusals.add(operation)
            if not self._accepted or self._in_a_row >= REFUSALS_IN_A_ROW:
                self._refused = True

    def note_doubt(self, fault: DeviceFault) -> bool:
        """Note what a signed call failed with; True when it is taken for a refusal from now on.

        A camera that never let us in may mean the password whatever it says, and with whatever status: one answer that
        it does not accept, offer or know the call, or is too busy for it, is enough, and `FAILURES_IN_DOUBT` that it
        failed at it. One that has let us in is believed, and may be busy for as long as it likes.
        """
        with self._lock:
            if not self.given or self._accepted or fault.kind not in DOUBTS:
                return False
            self._doubts += DOUBTS[fault.kind]
            self.in_doubt, self.said = True, fault.what
            self.looks_again = fault.kind is not FaultKind.BAD_ARGUMENT
            self._refused = self._refused or self._doubts >= FAILURES_IN_DOUBT
            return self._refused


class Digest(HTTPDigestAuth):
    """Uses requests' Digest arithmetic with a challenge that was already received (so that none is wasted)."""

    def __init__(self, username: str, password: str, challenge: str) -> None:
        super().__init__(username, password)
        self._challenge = parse_dict_header(challenge[len("Digest ") :])

    def header(self, url: str) -> str | None:
        """Return the Authorization header for one POST; None when the challenge cannot be answered."""
        self.init_per_thread_state()
        self._thread_local.chal = self._challenge
        try:
            return self.build_digest_header("POST", url)
        except (KeyError, AttributeError):  # a challenge without realm or nonce
            return None


def best_digest(header: str) -> str:
    """Return the safest Digest challenge among those of a WWW-Authenticate header, without those nobody here knows.

    Several stand in one header, or came in several that HTTP joins with commas (RFC 9110, 11.6.1). Empty when there
    is none: Basic, which sends the password itself, is never answered.
    """
    places = [found.start(1) for found in _SCHEME_NAME.finditer(header)]
    each = [header[start:end].strip(" ,") for start, end in pairwise([*places, len(header)])]
    known = [
        (DIGESTS.index(algorithm), challenge)
        for challenge in each
        if challenge.lower().startswith("digest ")
        and (algorithm := (parse_dict_header(challenge[7:]).get("algorithm") or "MD5").upper()) in DIGESTS
    ]
    return min(known, default=(0, ""))[1]
