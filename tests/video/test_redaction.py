"""Nothing a worker prints, by Python or past it, carries a password."""

import subprocess
import sys

# The clock stands still for the first 503 lines and has gone on by two seconds at the last one.
CODE = """
import itertools, os, sys
from controlroom.video.redaction import StderrRedactor
asked = itertools.count()
errors = StderrRedactor(clock=lambda: 0.0 if next(asked) <= 503 else 2.0)
errors.hide("pa ss/1")
os.write(2, b"[rtsp @ 0x1] rtsp://viewer:other-secret@10.0.0.1/main: 401 Unauthorized\\n")
os.write(2, b"method DESCRIBE failed for pa%20ss%2F1 and pa ss/1\\n")
print("Authorization: Digest response=abc", file=sys.stderr, flush=True)
for n in range(500):
    os.write(2, b"error while decoding MB\\n")
os.write(2, b"the end\\n")
sys.stdin.read()
"""


def test_what_ffmpeg_writes_past_python_is_cleaned_and_counted():
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", CODE], stdin=pipe, stderr=pipe, text=True) as child:
        assert child.stdin is not None
        assert child.stderr is not None
        lines = []
        for line in child.stderr:
            lines.append(line)
            if line == "the end\n":
                break
        child.stdin.close()
    said = "".join(lines)
    assert "other-secret" not in said
    assert "pa ss/1" not in said
    assert "pa%20ss%2F1" not in said
    assert "rtsp://***@10.0.0.1/main: 401 Unauthorized" in said
    assert "method DESCRIBE failed for *** and ***" in said
    assert said.count("error while decoding") == 17, "20 lines a second, three of them others"
    assert lines[-2:] == ["(483 more lines like these)\n", "the end\n"]
