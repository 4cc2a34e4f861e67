"""What one file of the lab came to, apart from how that is found out: a small value, kept from one run to the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agents.lab.consistency import Leading, leading
from agents.note.lint.finding import Finding
from agents.note.lint.page import Page

_KEYS = ("arxiv", "version", "sha256", "source", "title", "status")  # what is asked of a page from outside


@dataclass(frozen=True, slots=True)
class Checked:
    """What one file came to, and what of it the other files must agree with."""

    path: str
    kind: str = ""
    front: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    links: tuple[Leading, ...] = ()
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, page: Page, links: tuple[Leading, ...] = (), findings: Iterable[Finding] = ()) -> "Checked":
        """A page as the others see it."""
        front = {key: page.says(key) for key in _KEYS if page.says(key)}
        lines = {key: page.line(key) for key in _KEYS if key in page.lines}
        return cls(page.path, page.kind, front, lines, links, tuple(dict.fromkeys(findings)))

    @property
    def page(self) -> Page:
        """The page of the file, without its text."""
        return Page(self.path, kind=self.kind, front=self.front, lines=self.lines)


def free(page: Page) -> Checked:
    """A page on which only links are looked at."""
    return Checked.of(page, leading(page, lambda _: False))
