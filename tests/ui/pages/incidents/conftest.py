"""Everything a page of records needs, over a real room on a temporary folder."""

from tests.ui.pages.log.parts import parts

__all__ = ["parts"]
