"""Nothing a worker prints, by Python or past it, carries a password."""

import subprocess
import sys

CODE = """
import os, sys, time
from controlroom.video.redaction import CleanErrors
errors = CleanErrors()
errors.hide("pa ss/1")
os.write(2, b"[rtsp @ 0x1] rtsp://viewer:other-secret@10.0.0.1/main: 401 Unauthorized\\n")
os.write(2, b"method DESCRIBE failed for pa%20ss%2F1 and pa ss/1\\n")
print("Authorization: Digest response=abc", file=sys.stderr, flush=True)
for n in range(500):
    os.write(2, b"error while decoding MB\\n")
time.sleep(1.2)
os.write(2, b"the end\\n")
time.sleep(0.2)
"""


def test_what_ffmpeg_writes_past_python_is_cleaned_and_counted():
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, timeout=30, check=True
    )
    assert "other-secret" not in done.stderr
    assert "pa ss/1" not in done.stderr
    assert "pa%20ss%2F1" not in done.stderr
    assert "rtsp://***@10.0.0.1/main: 401 Unauthorized" in done.stderr
    assert "method DESCRIBE failed for *** and ***" in done.stderr
    assert done.stderr.count("error while decoding") <= 20
    assert "more lines like these" in done.stderr
    assert done.stderr.endswith("the end\n")
