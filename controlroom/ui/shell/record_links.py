"""Opens records by their kind and key, on whichever page shows records of that kind.

Links between pages, the palette and messages go this way, so that none of them knows the pages.
"""

from collections.abc import Callable, Sequence

from controlroom.ui.kit.page import Page


class RecordLinks:
    """`show_page` brings a page to the front; `why_closed` says why it may not be, and `say` tells the person so."""

    def __init__(
        self,
        pages: Sequence[Page],
        show_page: Callable[[Page], None],
        why_closed: Callable[[Page], str],
        say: Callable[[str], None],
    ) -> None:
        self._pages, self._show_page = pages, show_page
        self._why_closed, self._say = why_closed, say
        for page in pages:
            for each in (page, *page.parts):
                each.record_wanted.connect(self.open)
                each.new_record_wanted.connect(self.begin)

    def page_showing(self, kind: str) -> Page:
        """The first page that shows records of this kind. Raises LookupError when there is none."""
        return self._find(kind, lambda page: kind in page.shows())

    def open(self, kind: str, key: object) -> None:
        """Bring a record's page to the front, and the record on it. `key` is its id, or that as text."""
        page = self.page_showing(kind)
        if self._brought(page):
            page.shows()[kind](str(key))

    def begin(self, kind: str, source: object) -> None:
        """Bring the page to the front that makes records of this kind, with the form filled in from `source`."""
        page = self._find(kind, lambda page: kind in page.begins())
        if self._brought(page):
            page.begins()[kind](source)

    def _brought(self, page: Page) -> bool:
        why = self._why_closed(page)
        if why:
            self._say(why)
            return False
        self._show_page(page)
        return True

    def _find(self, kind: str, does: Callable[[Page], bool]) -> Page:
        found = next((page for page in self._pages if does(page)), None)
        if found is None:
            raise LookupError(f"no page of this desk is for records of the kind {kind!r}")
        return found
