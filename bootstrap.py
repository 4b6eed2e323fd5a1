#!/usr/bin/env python3
"""Sets this folder up and starts it: `python3 bootstrap.py demo`, `python3 bootstrap.py test`.

Needs nothing but Python. Any other words go to the program: `python3 bootstrap.py run --help`.
This file keeps to what even Python 2 can read, so that a wrong Python gets one plain line and no traceback;
the work is in controlroom/installation.
"""

import os
import sys

OLDEST, FIRST_UNTRIED = (3, 11), (3, 14)


def main():
    """Refuse a Python the locked packages were not measured on, else set up and start."""
    found = sys.version_info[:2]
    if not OLDEST <= found < FIRST_UNTRIED:
        sys.stderr.write(
            "Control Room needs Python 3.11, 3.12 or 3.13 and was started with Python {0}.{1}. "
            "Install one of them and start it by name, for example: python3.12 bootstrap.py demo\n".format(
                *found
            )
        )
        return 2
    root = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, root)
    from controlroom.installation.start import start

    return start(root, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
