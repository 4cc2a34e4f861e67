r"""A table of the paper, so that its rows and columns are found by the names that a note gives them.

Names are compared by their words: case, spacing, order, citations, footnote marks and TeX do not count. A row is named
by its label, by that of the group it stands under, and by its other cells ("(C), N=2"); a column by all header cells
over it. Where several rows fit a name equally well, each of them may be meant.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from agents.source.document import Table

_CITED = re.compile(
    r"\[\d+(?:\s*[,–-]\s*\d+)*\]|\([^()]*?\b(?:19|20)\d\d[a-z]?\)|\bet al\.?,?(?:\s*\(?(?:19|20)\d\d[a-z]?\)?)?"
)
_STYLE = re.compile(r"\\(?:text|math|operatorname|bf|it|small|large)[a-z]*\*?|\\[,;:! ]|\\(?:left|right)")
_GREEK = "alpha beta gamma delta epsilon epsilon theta lambda mu sigma tau phi theta delta delta phi"
_SIGNS = {"→": "to", "×": "x"} | dict(zip("αβγδεϵθλμστφΘΔ∆Φ", _GREEK.split(), strict=True))
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[+#%&@*✓✗✔✘]")
_NTH = re.compile(r"（?第 ?(\d+) ?列）?|^column (\d+)$")
_NUMERIC = re.compile(r"[-+−–±~≈<>≤≥∗*†‡§\s]*\$?\\?[a-z]*\{?[-+−–]?\.?\d")
_EMPTY = {"", "-", "–", "—", "n/a", "N.A.", "✗", "✓"}
_SCALE_POWER = re.compile(r"[×x*]\s*10\s*\^?\s*\{?(\d{1,2})\}?|\\times\s*10\^?\{?(\d{1,2})")
_SCALE_WORDS = {"%": "%", "k": "3", "thousands": "3", "m": "6", "mio": "6", "millions": "6", "b": "9", "billions": "9"}
_SCALE_WORD = re.compile(r"[(\[]\s*(?:in )?(%|k|m|b|mio|thousands|millions|billions)\s*[)\]]", re.IGNORECASE)
_PAIR = re.compile(r"([^=,;，；]+?)\s*=\s*([^=,;，；]+)")
_LOW = 0.5  # of a name's weight that must be found for the row or column to count as known


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """What of a name counts."""
    plain = _STYLE.sub("", _CITED.sub(" ", name)).replace("->", " to ").replace("\\", " ")
    plain = "".join(f" {_SIGNS[char]} " if char in _SIGNS else char for char in plain)
    plain = re.sub(r"(?<=[A-Za-z])[_{}^$]+(?=[A-Za-z0-9])", "", plain)
    return tuple(_TOKEN.findall(plain.casefold()))


@lru_cache(maxsize=4096)
def _flat(name: str) -> str:
    """A name with its marks and signs, spaces out."""
    return re.sub(r"[\s$\\{}_^]+", "", name.casefold()).translate(str.maketrans("−–′’", "--''"))


def _joined(name: str) -> str:
    return joined(words(name))


def joined(found: Sequence[str]) -> str:
    return "".join(found)


def _is_number(cell: str) -> bool:
    return _NUMERIC.match(cell) is not None


@dataclass(frozen=True)
class Grid:
    table: Table
    _known: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    @cached_property
    def width(self) -> int:
        return max((len(row) for row in (*self.table.header, *self.table.rows)), default=0)

    @cached_property
    def lead(self) -> int:
        """Where no header was told from the body: how many first rows are one."""
        rows = self.table.rows
        blank = next((n for n, row in enumerate(rows[:3]) if row[0]), 0)
        if self.table.header or not rows or (rows[0][0] and self._is_of_numbers(rows[0])):
            return blank if self.table.header and len(rows) > blank + 1 else 0
        return next((n for n, row in enumerate(rows[1:4], start=1) if self._is_of_numbers(row)), 1)

    def _is_of_numbers(self, row: tuple[str, ...]) -> bool:
        cells = [cell for cell in row[1:] if cell not in _EMPTY]
        return sum(map(_is_number, cells)) > len(cells) / 2

    @cached_property
    def headers(self) -> tuple[tuple[str, ...], ...]:
        """The words of each column's header cells, from top to bottom, one text for each header row."""
        first = (
            self.lead if self.table.header else max(1, self.lead)
        )  # a table of settings has its columns named in its first row
        rows = [self._full(row) for row in (*self.table.header, *self.table.rows[:first])]
        reached: list[list[str]] = []
        for n in range(len(rows) - 1, -1, -1):
            reached.insert(0, self._spread(rows[n], reached, rows[:n]))
        return tuple(tuple(row[column] for row in reached if row[column]) for column in range(self.width))

    def _full(self, row: tuple[str, ...]) -> tuple[str, ...]:
        return row + ("",) * (self.width - len(row))

    def _spread(self, row: tuple[str, ...], lower: list[list[str]], upper: list[tuple[str, ...]]) -> list[str]:
        """A header row with each heading over every column that it spans.

        Its text stands over the first of them, or, centred, over one in the middle: then columns to its left, too, have
        something below and nothing above. Spanned columns have their own headings in one row.
        """
        out = list(row)
        over = {n: next((d for d, below in enumerate(lower) if below[n]), -1) for n in range(1, self.width) if row[n]}
        blank = [n for n in range(1, self.width) if not row[n] and not any(above[n] for above in upper)]
        first = min((n for n in over if over[n] >= 0), default=0)
        centred = any(n < first and lower[over[first]][n] and self._is_value_column(n) for n in blank)
        for n in blank:
            spans = [at for at in over if over[at] >= 0 and lower[over[at]][n]]
            left = max((at for at in spans if at < n), default=-1)
            right = min((at for at in spans if at > n), default=-1)
            nearest = right if left < 0 or 0 < right - n < n - left else left
            chosen = nearest if centred else left
            if chosen >= 0 and chosen in (
                max((at for at in over if at < n), default=-1),
                min((at for at in over if at > n), default=-1),
            ):
                out[n] = row[chosen]
        return out

    def _is_value_column(self, column: int) -> bool:
        cells = [row[column] for row in self.body.values() if len(row) > column and row[column] not in _EMPTY]
        return bool(cells) and sum(map(_is_number, cells)) > len(cells) / 2

    @cached_property
    def body(self) -> dict[int, tuple[str, ...]]:
        return {n: row for n, row in enumerate(self.table.rows) if n >= self.lead}

    @cached_property
    def groups(self) -> dict[int, str]:
        """For each row, the heading inside the table that it stands under, and the label that a blank one continues."""
        out: dict[int, str] = {}
        group = label = ""
        for n, row in self.body.items():
            cells = [cell for cell in row if cell]
            if len(cells) == 1 and not _is_number(cells[0]):
                group, label = cells[0], ""
                out[n] = ""
                continue
            label = row[0] or label
            out[n] = f"{group} {'' if row[0] else label}".strip()
        return out

    @cached_property
    def names(self) -> dict[int, tuple[Counter[str], Counter[str], Counter[str]]]:
        """For each row: the words of its label, of its other cells that name it, and of its numbers."""
        out = {}
        for n, row in self.body.items():
            if not any(row[1:]):
                continue
            rest = [(column, cell) for column, cell in enumerate(row) if column and cell and cell not in _EMPTY]
            texts = [cell for _, cell in rest if not _is_number(cell)]
            numbers = [f"{' '.join(self.headers[column])} {cell}" for column, cell in rest if _is_number(cell)]
            out[n] = (
                Counter(words(row[0])),
                Counter(words(f"{self.groups[n]} {' '.join(texts)}")),
                Counter(words(" ".join(numbers))),
            )
        return out

    def filled(self) -> Iterator[tuple[int, int, str]]:
        """Every cell of the body that holds something."""
        for n, row in enumerate(self.table.rows):
            yield from ((n, column, cell) for column, cell in enumerate(row) if cell)

    def scale(self, row: int, column: int) -> str:
        """What the column's header, or the row's label, says of all its numbers: "%", or a power of ten; "" nothing."""
        if column == 0:
            return ""
        label = self.table.rows[row][0]
        for text in (*reversed(self.headers[column]), label):
            if power := _SCALE_POWER.search(text):
                return power[1] or power[2]
            if word := _SCALE_WORD.search(text):
                return _SCALE_WORDS[word[1].lower()]
        return ""

    def label(self, row: int) -> str:
        cells = self.table.rows[row]
        return " ".join(filter(None, (self.groups.get(row, ""), cells[0]))) or "—"

    def heading(self, column: int) -> str:
        return " ".join(dict.fromkeys(self.headers[column])) or f"column {column + 1}"

    def rows_named(self, name: str) -> list[int]:
        """The rows that a name may mean; [] where it fits none."""
        if ("row", name) not in self._known:
            self._known["row", name] = self._rows_named(name)
        return self._known["row", name]

    def columns_named(self, name: str) -> list[int]:
        """The columns that a name may mean; [] where it fits none."""
        if ("column", name) not in self._known:
            self._known["column", name] = self._columns_named(name)
        return self._known["column", name]

    def _rows_named(self, name: str) -> list[int]:
        wanted = words(name)
        rows = self.names
        if not wanted or not rows:
            return []
        if paired := self._rows_paired(name):
            return paired
        for told in (_flat, _joined):
            if exact := [n for n in rows if told(name) in self._full_names(n, told)]:
                return exact
        held = {n: [*label, *other, *numbers] for n, (label, other, numbers) in rows.items()}
        scores = {n: _fit(wanted, held[n], rows[n][0], list(held.values())) for n in rows}
        return _best(scores)

    def _full_names(self, row: int, told: Callable[[str], str]) -> set[str]:
        """What a row may be called: its first cell, its first two and so on, also under its group; a cell of words."""
        cells, name = self.table.rows[row], ""
        out = {told(cell) for cell in cells[1:3] if not _is_number(cell)}
        for cell in cells:
            name += told(cell)
            out |= {name, told(self.groups[row]) + name}
        return out - {""}

    def _rows_paired(self, name: str) -> list[int]:
        """Rows that are named by their cells, "b=-10, t=log 10": all pairs hold, and the rest is the label's."""
        pairs = {_joined(pair[1]): _flat(pair[2]) for pair in _PAIR.finditer(name)}
        if not pairs:
            return []
        rest = _joined(_PAIR.sub(" ", name))
        heads: dict[str, set[int]] = {}
        for n in range(self.width):
            for head in {_joined(" ".join(self.headers[n])), _joined(self.headers[n][-1] if self.headers[n] else "")}:
                heads.setdefault(head, set()).add(n)
        found = [
            n
            for n in self.names
            if all(
                any(
                    _flat(cell) == value
                    for column in heads.get(key, ())
                    for cell in self.table.rows[n][column : column + 1]
                )
                for key, value in pairs.items()
            )
        ]
        return [n for n in found if rest in _joined(f"{self.groups[n]} {self.table.rows[n][0]}")] or found

    def _columns_named(self, name: str) -> list[int]:
        if nth := _NTH.search(name):
            column = int(nth[1] or nth[2]) - 1
            return [column] if column < self.width else []
        wanted = words(name)
        held = {n: list(words(" ".join(self.headers[n]))) for n in range(self.width)}
        if not wanted:
            return []
        last = {n: _joined(self.headers[n][-1]) if self.headers[n] else "" for n in held}
        for exact in (
            [n for n in held if joined(held[n]) == joined(wanted)],
            [n for n in held if last[n] == joined(wanted)],
            [n for n in held if last[n] and joined(wanted).endswith(last[n]) and set(wanted) <= set(held[n])],
            [n for n in held if set(held[n]) == set(wanted)],
        ):
            if exact:
                return exact
        own = {n: Counter(words(self.headers[n][-1])) if self.headers[n] else Counter[str]() for n in held}
        return _best({n: _fit(wanted, held[n], own[n], list(held.values())) for n in held if held[n]})


def grid(table: Table) -> Grid:
    return Grid(table)


def _fit(wanted: Sequence[str], held: Sequence[str], own: Counter[str], all_held: list[list[str]]) -> float:
    """How well a name fits: the share of its words that stand there, rare ones counting more; less what is left out."""
    weights = {word: 1.0 / (1 + 0.5 * sum(word in other for other in all_held)) for word in {*wanted, *own}}
    text, here = joined(held), set(held)
    found = sum(weights[word] for word in set(wanted) if word in here or (len(word) > 3 and word in text))
    share = found / sum(weights[word] for word in set(wanted))
    spoken = joined(wanted)
    left = sum(weights[word] for word in own if word not in wanted and not (len(word) > 3 and word in spoken))
    return share - 0.3 * left / (sum(weights[word] for word in own) or 1)


def _best(scores: dict[int, float]) -> list[int]:
    top = max(scores.values(), default=0.0)
    return [n for n, score in scores.items() if score >= top - 0.02] if top >= _LOW else []
