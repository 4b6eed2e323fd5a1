"""One stream's thread: how often a camera is asked, how long it may take, and what is remembered of its answers."""

import socket
import threading

import pytest

from controlroom.video.records import StreamAddress, StreamFault, StreamState
from controlroom.video.rules import StreamError
from controlroom.video.sources.probe import ANSWER_WITHIN_S
from controlroom.video.streams import PATIENT_PAUSES_S, SLOW_ANSWER_WITHIN_S, Stream
from tests.waiting import wait_until

ADDRESS = StreamAddress("rtsp://127.0.0.1:1/main")


class Answers:
    """Answers the question before a stream is opened as it is told, and remembers how long each might have taken."""

    def __init__(self, answer: StreamAddress | StreamFault) -> None:
        self.answer, self.limits = answer, []

    def __call__(self, _: StreamAddress, within_s: float) -> StreamAddress:
        self.limits.append(within_s)
        if isinstance(self.answer, StreamFault):
            raise StreamError(self.answer, "It does not answer.")
        return self.answer


@pytest.fixture
def running():
    """Runs a stream with the given answers; somebody presses Retry all the time, so no pause is waited for."""
    streams = []

    def run(answers: Answers) -> Stream:
        stream = Stream(ADDRESS, threading.Semaphore(), answers, lambda: None)
        streams.append(stream)
        stream.start()
        return stream

    yield run
    for stream in streams:
        stream.stop()
        stream.join(5)


def test_a_camera_that_did_not_answer_in_time_has_more_time_the_next_time(running):
    answers = Answers(StreamFault.SILENT)
    stream = running(answers)
    wait_until(lambda: stream.retry() or len(answers.limits) > 1)
    assert answers.limits[:2] == [ANSWER_WITHIN_S, SLOW_ANSWER_WITHIN_S]
    answers.answer = StreamFault.UNREACHABLE
    wait_until(lambda: stream.retry() or answers.limits[-1] == ANSWER_WITHIN_S)


def test_a_camera_that_answered_and_then_refuses_is_opened_again_without_another_question(running):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        heard = []

        def hang_up():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                heard.append(connection)
                connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        answers = Answers(StreamAddress(f"rtsp://127.0.0.1:{listener.getsockname()[1]}/main"))
        stream = running(answers)
        wait_until(lambda: stream.retry() or len(heard) > len(PATIENT_PAUSES_S) + 2)
        assert len(answers.limits) == 1
        wait_until(lambda: stream.report().fault is StreamFault.BUSY)
        assert stream.report().state in (StreamState.CONNECTING, StreamState.OFFLINE)
        assert "hangs up" in stream.report().detail
        listener.shutdown(socket.SHUT_RDWR)
