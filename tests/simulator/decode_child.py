"""Decodes a stream with OpenCV in a process of its own and tells what it saw: run as `python -m`, one JSON line out."""

import json
import os
import sys

from controlroom.simulator import counter


def main() -> int:
    """Arguments: address, tcp or udp, how many pictures."""
    url, transport, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = (
        f"rtsp_transport;{transport}|analyzeduration;0|probesize;5000|fflags;nobuffer|flags;low_delay"
    )
    import cv2

    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
    seen: dict = {"counters": [], "sizes": [], "mean": 0.0}
    while len(seen["counters"]) < wanted:
        fine, picture = capture.read()
        if not fine:
            break
        seen["counters"].append(counter.read(picture))
        seen["sizes"] = [picture.shape[1], picture.shape[0]]
        seen["mean"] = float(picture.mean())
    capture.release()
    print(json.dumps(seen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
