"""Says which backups can be trusted: signed by a key of the room, and naming files inside themselves only.

A manifest is signed with the key that signs the audit's heads. Its public half is all a restore needs, so a new
machine checks a backup with the key file put back, or with the public half from the handover folder.
"""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from controlroom.audit.approved_keys import ApprovedKeys
from controlroom.audit.records import SignedHead, key_fingerprint
from controlroom.audit.signed_heads import SigningKey, is_genuine
from controlroom.audit.signing import AuditFiles
from controlroom.care.records import Backup, Manifest
from controlroom.codec import to_plain
from controlroom.errors import InvalidInput, Unavailable

KIND = "backup"  # what is signed, beside heads and restores
SQLITE_NAME, SERVER_NAME = "database.sqlite", "database.pgdump"
SETTINGS, HEADS = "settings.toml", "audit-heads.jsonl"
FOLDERS = ("snapshots",)  # of the data folder, with all that is in them
FILES = frozenset({SQLITE_NAME, SERVER_NAME, SETTINGS, HEADS})
_PART = re.compile(r'[^\\/:*?"<>|\x00-\x1f]+')


def is_safe(name: str) -> bool:
    """True for the name of a file that a backup may hold: relative, inside it, and of a kind it is made of."""
    first, *rest = name.split("/")
    if not rest:
        return first in FILES
    return first in FOLDERS and all(_PART.fullmatch(each) and each not in (".", "..") for each in rest)


def check_names(folder: Path, manifest: Manifest) -> None:
    """Raise InvalidInput for a manifest that names a file outside its backup, or one no backup is made of."""
    for name in manifest.files:
        if not is_safe(name):
            raise InvalidInput(
                f"The backup in {folder} names a file that does not belong into one: {name[:80]!r}.",
                "Nothing of it was read or written.",
                "Somebody changed it: use another backup, and find out who.",
            )


def check_place(backup: Backup, name: str) -> Path:
    """Where a file of the backup lies. Raises Unavailable where the way to it leads through a link."""
    path = backup.folder / name
    if path.resolve() != backup.folder.resolve() / name or not path.is_file():
        raise Unavailable(
            f"The backup {backup.name} is damaged: {name} is missing or a link to something else.",
            "It cannot be relied on.",
            "Use another backup.",
        )
    return path


def signed(manifest: Manifest, key: SigningKey) -> Manifest:
    """The manifest with a signature over everything it says."""
    head = key.sign(KIND, manifest.audit_sequence, _digest(manifest), manifest.made_at)
    return replace(manifest, public_key=head.public_key, signature=head.signature)


def faults_of(manifest: Manifest, trusted: Collection[str]) -> Iterator[str]:
    """Why a manifest is not to be trusted, in plain words; nothing where it is."""
    head = SignedHead(
        manifest.audit_sequence, _digest(manifest), manifest.made_at, manifest.public_key, manifest.signature
    )
    if not manifest.signature:
        yield "it is not signed"
    elif not is_genuine(head, KIND):
        yield "its signature is not genuine: the manifest was changed or made up"
    elif not trusted:
        yield f"it was signed with the key {key_fingerprint(manifest.public_key)}, and this room's key is not here"
    elif manifest.public_key not in trusted:
        yield f"it was signed with a key that is not this room's: {key_fingerprint(manifest.public_key)}"


@dataclass(frozen=True)
class Trust:
    """Which backups somebody trusts: those signed with one of these keys (public halves, base64).

    `unsigned` takes others too, `unsound` those that were marked as such when they were made.
    """

    keys: Collection[str]
    unsigned: bool = False
    unsound: bool = False

    def check(self, backup: Backup) -> None:
        """Raise Unavailable for a backup that is not to be trusted."""
        for fault in () if self.unsigned else faults_of(backup.manifest, self.keys):
            raise Unavailable(
                f"The backup {backup.name} cannot be trusted: {fault}.",
                "Nothing was changed.",
                "Put audit-signing.key back, or give the key's public half from the handover folder with "
                "--public-key. One from before backups were signed: --unsigned, if you know where it comes from.",
            )
        if backup.manifest.faults and not self.unsound:
            raise Unavailable(
                f"The backup {backup.name} was not sound when it was made: {'; '.join(backup.manifest.faults[:5])}.",
                "Nothing was changed.",
                "Use another backup. Where there is none: --unsound puts it back all the same.",
            )


def keys_of(files: AuditFiles) -> Collection[str]:
    """The public keys that this room trusts; none where its own cannot be read."""
    return files.trusted()[0]


def keys_ever(session: Session, files: AuditFiles, offered: Collection[str]) -> Collection[str]:
    """Return the room's trusted keys, and those of `offered` that the audit chain proves to be its former ones."""
    own = keys_of(files)
    if not own:
        return own
    approved = ApprovedKeys(session, own)
    return {*own, *(each for each in offered if approved.has(each))}


def _digest(manifest: Manifest) -> str:
    said = to_plain(replace(manifest, signature="", public_key=""))
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
