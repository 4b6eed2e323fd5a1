"""Declares the site key, which encrypts the cameras' passwords; it is a file and has no table."""

from controlroom.declaration import Noun

SITE_KEY = Noun(
    kind="site key",
    words="the site key",
    actions={"site-key.made": "New site key made", "site-key.imported": "Site key imported"},
)
