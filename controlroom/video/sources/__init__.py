"""Where pictures come from: cameras through OpenCV, and what must be known of an address first."""
