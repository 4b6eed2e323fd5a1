"""Names the types of numpy arrays: OpenCV's type hints leave the element type open, so these do too."""

from typing import Any

import numpy.typing as npt

Image = npt.NDArray[Any]
"""Bytes: height × width, with or without channels."""
Floats = npt.NDArray[Any]
"""Floating point numbers."""
Whole = npt.NDArray[Any]
"""Whole numbers."""
