"""Which sections of a paper are its appendix. Pure."""

import re
from collections.abc import Iterable, Sequence

from agents.source.document import Section

REFERENCES = re.compile(
    r"(?:[\dIVX]+\.?\s)?(?:references?|references and notes|bibliography|literature cited|参考文献)\W*$", re.IGNORECASE
)
_NAMED = re.compile(r"appendi|supplement|附录", re.IGNORECASE)
_BACK = re.compile(
    r"acknowledg|contribution|ethic|broader impact|impact statement|reproducib|availab|funding|competing|conflict"
    r"|limitation|致谢",
    re.IGNORECASE,
)


def appendix(sections: Iterable[Section]) -> tuple[Section, ...]:
    """The sections of it, of every level, in order.

    It begins with the one that says so, with a first letter behind numbers ("A" after "6" or "VI"), or with whatever
    stands behind the references and is no acknowledgement or the like.
    """
    found: list[Section] = []
    before: list[Section] = []  # the top-level sections so far
    inside = False
    for section in sections:
        if section.level == 1:
            inside = _is_of_it(section, before, begun=bool(found))
            before.append(section)
        if inside:
            found.append(section)
    return tuple(found)


def _is_of_it(section: Section, before: Sequence[Section], *, begun: bool) -> bool:
    if REFERENCES.match(section.title) or _BACK.search(section.title):
        return False
    behind = any(REFERENCES.match(one.title) for one in before)
    numbered = any(one.number and not one.number[0].isalpha() for one in before) or len(before) > 2
    return begun or behind or bool(_NAMED.match(section.title)) or (section.number == "A" and numbered)
