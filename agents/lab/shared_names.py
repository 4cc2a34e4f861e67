"""How notes stand to each other by what they share: a name that stands in another's text, a tag that both carry.

Weighed so that noise stays out: what stands in very many notes ties none, and of such ties a note keeps its few best.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

from agents.lab.inventory import Entry
from agents.lab.mentions import Name, Names, as_name, prepared
from agents.lab.relations import Edge
from agents.note.slug import folded
from agents.note.text import one_line

_COMMON = 10  # notes: a tag that more carry, or a name that more mention (and more than a tenth of all), says little
_MOST_BEARERS = 3  # notes of the same name
_MOST_MENTIONS, _MOST_TAGGED = 4, 3  # ties of one note that rest on a name, on tags
_TITLE_WORDS = 3  # of a paper's title that is taken for a citation where it occurs
_LEAST_WEIGHT = 0.5  # of shared tags: one that at most three notes carry, or several that more do
_LONGEST = 60  # characters of a name or tag as the ground of a tie


def named(notes: Mapping[str, Entry], texts: Mapping[str, str]) -> Iterator[Edge]:
    """Names of one note in text or tags of another: a paper's whole title is a citation, any other a shared concept."""
    names = Names((path, name) for path, entry in notes.items() for name in (entry.title, *entry.aliases))
    bearers = {known: paths for known, paths in names.bearers.items() if len(paths) <= _MOST_BEARERS}
    found = {
        path: [known for known in names.found(prepared(f"{text}\n{' , '.join(notes[path].tags)}")) if known in bearers]
        for path, text in texts.items()
    }
    mentions = Counter(known for path, every in found.items() for known in every if path not in bearers[known])
    most = max(_COMMON, len(notes) // 10)
    for path, every in found.items():
        best: dict[str, Name] = {}
        for known in sorted((n for n in every if mentions[n] <= most), key=lambda n: (mentions[n], n)):
            for bearer in sorted(bearers[known] - {path}):
                best.setdefault(bearer, known)
        for bearer, known in list(best.items())[:_MOST_MENTIONS]:
            is_title = notes[bearer].kind == "paper" and known.words.count(" ") + 1 >= _TITLE_WORDS
            yield Edge(path, bearer, "citation" if is_title else "concept", f"提到“{_written(notes[bearer], known)}”")


def _written(entry: Entry, known: Name) -> str:
    """The title or alias that was found; as the index spells it where only a part of one was."""
    whole = next((one_line(name) for name in (entry.title, *entry.aliases) if as_name(name) == known), "")
    return (whole or known.han or known.words)[:_LONGEST]


def tagged(notes: Mapping[str, Entry]) -> Iterator[Edge]:
    """Shared tags: one that k notes carry gives each two of them 1/(k-1)."""
    carriers: dict[str, dict[str, str]] = defaultdict(dict)
    for path, entry in notes.items():
        for tag in entry.tags:
            carriers[folded(tag)].setdefault(path, one_line(tag)[:_LONGEST])
    weights: dict[tuple[str, str], float] = defaultdict(float)
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    for _, written in sorted(carriers.items()):
        if 2 <= len(written) <= _COMMON:
            for pair in combinations(sorted(written), 2):
                weights[pair] += 1 / (len(written) - 1)
                shared[pair].append(written[pair[0]])
    kept: Counter[str] = Counter()
    for pair, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        if weight >= _LEAST_WEIGHT and max(kept[path] for path in pair) < _MOST_TAGGED:
            kept.update(pair)
            yield Edge(*pair, "concept", f"标签 {'、'.join(shared[pair][:3])}")
