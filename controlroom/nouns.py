"""Lists every kind of record of the product, for whoever needs them: command line, desk, recorder, care.

A new noun is added by its declaration in the `noun.py` of its folder and one line here; `docs/how-to-add-a-noun.md`.
"""

from controlroom.accounts.noun import USER
from controlroom.audit.noun import AUDIT
from controlroom.cameras.keys.noun import SITE_KEY
from controlroom.cameras.noun import CAMERA
from controlroom.care.noun import CARE, PURGE
from controlroom.configuration.noun import LIST, SETTING
from controlroom.database.noun import DATABASE, DESK
from controlroom.declaration import Nouns
from controlroom.deployments.bids.noun import BID
from controlroom.deployments.deployments.noun import DEPLOYMENT
from controlroom.deployments.meetings.noun import MEETING
from controlroom.deployments.units.noun import UNIT
from controlroom.incidents.noun import INCIDENT
from controlroom.log.noun import LOG
from controlroom.recording.noun import CAMERA_HEALTH, HOLD

NOUNS: Nouns = (
    DATABASE,
    DESK,
    SETTING,
    LIST,
    USER,
    CAMERA,
    SITE_KEY,
    CAMERA_HEALTH,
    HOLD,
    LOG,
    INCIDENT,
    UNIT,
    BID,
    MEETING,
    DEPLOYMENT,
    AUDIT,
    PURGE,
    CARE,
)
"""In the order in which a purge takes their texts and search lists what it found; the audit's texts go last."""
