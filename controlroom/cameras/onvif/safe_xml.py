"""Parses XML from cameras safely: broken documents are repaired, document types refused, and nothing is fetched.

Only this module imports lxml, whose classes the type checker does not know: a node is `Any` elsewhere.
"""

import html
import re
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

Node = Any
_ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")


def parse_safely(content: bytes) -> Node | None:
    """Return the root of a document, repaired if it is broken.

    None when there is none or it declares a document type. A name whose prefix is declared nowhere, which some
    cameras send, becomes the name alone: paths here ask for any namespace (`{*}`).
    """
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_as_utf8(content), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None or root.getroottree().docinfo.doctype:
        return None
    _drop_undeclared_prefixes(root)
    return root


def local_name(node: Node) -> str:
    """Return a node's name without its namespace."""
    return etree.QName(node).localname


def text_of(node: Node, path: str) -> str:
    """Return the stripped text at `path` below `node`; empty where there is none."""
    return (node.findtext(path) or "").strip()


def number_of(text: str | None) -> float | None:
    """Read a finite number; None for anything else a camera may have written."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def tidy(text: str, limit: int) -> str:
    """Put a camera's text on one line, without control characters, with at most `limit` characters.

    What is still escaped after parsing was escaped twice (IPyCam, and others that build XML out of pieces).
    """
    plain = _ESCAPED.sub(lambda found: html.unescape(found[0]), text[: limit * 8])
    printable = "".join(letter if letter.isprintable() else " " for letter in plain[: limit * 4])
    return " ".join(printable.split())[:limit]


def _drop_undeclared_prefixes(root: Node) -> None:
    for node in root.iter(etree.Element):
        if _undeclared(node.tag):
            node.tag = node.tag.rpartition(":")[2] or "unnamed"
        for name in [name for name in node.attrib if _undeclared(name)]:
            node.attrib.setdefault(name.rpartition(":")[2] or "unnamed", node.attrib.pop(name))


def _undeclared(name: str) -> bool:
    return ":" in name and not name.startswith("{")


def _as_utf8(content: bytes) -> bytes:
    """Convert Latin-1 letters in a document that claims to be UTF-8 (a known fault of cameras)."""
    if b"encoding" in content[:100] and b"utf-8" not in content[:100].lower():
        return content
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", errors="surrogateescape")
        return "".join(chr(ord(c) - 0xDC00) if "\udc80" <= c <= "\udcff" else c for c in text).encode()
    return content
