r"""The reference list: `thebibliography` (typed, or made by BibTeX), biblatex's `.bbl`, or the entries of a `.bib`."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agents.source.document import Reference
from agents.source.references import parse_entry
from agents.source.tex.expand import expand
from agents.source.tex.number import Numbers
from agents.source.tex.stream import Span, Stream
from agents.source.tex.text import Paper, plain

_ENTRY = re.compile(r"\\entry\{([^{}\n]+)\}\{(\w+)\}")
_FIELD = re.compile(r"\\field\{(title|year|journaltitle|booktitle|eprint|publisher)\}\{(.*)\}\s*$", re.MULTILINE)
_VERB = re.compile(r"\\verb\{(doi|eprint|url)\}\s*\\verb ([^\n]*)\n")
_FAMILY = re.compile(r"\bfamily=\{((?:[^{}]|\{[^{}]*\})*)\}")
_GIVEN = re.compile(r"\bgiven=\{((?:[^{}]|\{[^{}]*\})*)\}")
_KEY = re.compile(r"@(\w+)\s*[{(]\s*([^\s,{}()]+)\s*,")
_NAME = re.compile(r"\s*([\w-]+)\s*=\s*")
_ARXIV_ID = re.compile(r"^(?:arXiv:)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.IGNORECASE)
_LANL = re.compile(
    r"\b(?:LANL|e-?prints?|archive)\b[^.;]{0,30}?\b([a-z]{2,8}(?:-[a-z]{2,3})?)\b(?: archive)?[ /](\d{7})\b"
)
_NATBIB = re.compile(r"^(.*?)\((\d{4}[a-z]?|)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    r"""A reference and the key that `\cite` names it by."""

    key: str
    reference: Reference


def read_list(paper: Paper, start: int, stop: int) -> list[Entry]:
    r"""The `\bibitem`s between two indices."""
    stream = paper.stream
    begins = [index for index in range(start, stop) if stream.tokens[index] == r"\bibitem"]
    entries = []
    closes = [index for index in range(start, stop) if stream.tokens[index] == r"\end{thebibliography}"]
    for place, begin in enumerate(begins, start=1):
        following = [*begins[place : place + 1], *closes[(at := bisect_left(closes, begin)) : at + 1], stop]
        end = min(following)
        (label, key), after = stream.arguments(begin + 1, "om")
        printed = _label(paper, label) if label else str(place)
        entries.append(Entry(stream.word(key), _reference(paper, printed, after, end)))
    return entries


def _label(paper: Paper, span: Span) -> str:
    """What natbib prints: "Baly et al., 2018" from "Baly et~al.(2018)Baly, Mohtarami"; any other label as it is."""
    text = plain(paper, span.start, span.stop).replace('"', "")
    found = _NATBIB.match(text)
    if not found:
        return text
    return f"{found[1].strip(' ,{')}, {found[2]}".strip(" ,")


def _reference(paper: Paper, label: str, start: int, stop: int) -> Reference:
    stream = paper.stream
    text = plain(paper, start, stop)
    _, authors, title, year, arxiv, doi = parse_entry(label, text)
    parts = [index for index in range(start, stop) if stream.tokens[index] == r"\newblock"]
    if parts:
        ends = [*parts, stop]
        authors = re.sub(r"[,.]?\s*\(?(?:19|20)\d\d[a-z]?\)?\.?$", "", plain(paper, start, parts[0])).strip(" ,.")
        title = plain(paper, parts[0] + 1, ends[1]).strip(' ,.“”"')
    if not arxiv and (old := _LANL.search(text)):
        arxiv = f"{old[1]}/{old[2]}"
    return Reference(label, text, authors, title, year, arxiv, doi, 0)


def read_biblatex(text: str) -> list[Entry]:
    """The entries of a `.bbl` made by biber."""
    found = list(_ENTRY.finditer(text))
    entries: dict[str, Entry] = {}
    for place, begin in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        body = text[begin.end() : end].partition(r"\endentry")[0]
        head = body.partition(r"\name{author}")[2].partition(r"\strng")[0].partition(r"\list{")[0]
        names = [f"{given} {family}".strip() for given, family in _aligned(_GIVEN.findall(head), _FAMILY.findall(head))]
        fields = dict(_FIELD.findall(body)) | dict(_VERB.findall(body))
        entries.setdefault(begin[1], Entry(begin[1], _from_fields(names, fields)))
    return list(entries.values())


def _aligned(given: Sequence[str], family: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip([*given, *[""] * (len(family) - len(given))], family, strict=False))


def read_database(text: str, wanted: Mapping[str, int] | None) -> list[Entry]:
    """The entries of a `.bib` that the paper cites; all of them where `wanted` is None."""
    entries = []
    for found in _KEY.finditer(text):
        kind, key = found[1].lower(), found[2]
        if kind in {"comment", "string", "preamble"} or (wanted is not None and key not in wanted):
            continue
        fields = _fields(text, found.end())
        names = [_first_last(name) for name in re.split(r"\s+and\s+", fields.get("author", "")) if name.strip()]
        fields["journaltitle"] = fields.get("journal", "")
        entries.append(Entry(key, _from_fields(names, fields)))
    return entries


def _first_last(name: str) -> str:
    last, comma, first = " ".join(name.split()).partition(",")
    return f"{first.strip()} {last.strip()}" if comma else last


def _fields(text: str, at: int) -> dict[str, str]:
    """Fields, name = {value} | "value" | number, up to the entry's end."""
    fields: dict[str, str] = {}
    while (found := _NAME.match(text, at)) and len(fields) < 60:
        value, at = _value(text, found.end())
        fields.setdefault(found[1].lower(), value)
        comma = re.compile(r"\s*,").match(text, at)
        if not comma:
            break
        at = comma.end()
    return fields


def _value(text: str, at: int) -> tuple[str, int]:
    opening = text[at : at + 1]
    if opening not in {"{", '"'}:
        end = re.compile(r"[^\s,}]*").match(text, at)
        return (end[0], end.end()) if end else ("", at)
    closing = "}" if opening == "{" else '"'
    depth = 0
    for index in range(at, min(len(text), at + 20_000)):
        letter = text[index]
        depth += (letter == "{") - (letter == "}")
        if depth == 0 and index > at and letter == closing:
            return text[at + 1 : index], index + 1
    return "", len(text)


def _from_fields(names: Sequence[str], fields: Mapping[str, str]) -> Reference:
    shown = {name: _text(value) for name, value in fields.items()}
    authors = ", ".join(_text(name) for name in names)
    year = re.search(r"(?:19|20)\d\d", shown.get("year", "") or shown.get("date", ""))
    venue = shown.get("journaltitle") or shown.get("booktitle") or shown.get("publisher") or ""
    ids = (shown.get("eprint", ""), shown.get("url", "").rpartition("abs/")[2], venue.rpartition("arXiv:")[2])
    arxiv = next((match[1] for text in ids if (match := _ARXIV_ID.match(text.strip()))), None)
    doi = re.sub(r"^https?://(?:dx\.)?doi\.org/", "", shown.get("doi", "")) or None
    parts = [authors, shown.get("title", ""), venue, year[0] if year else "", f"arXiv:{arxiv}" if arxiv else ""]
    text = ". ".join(part.rstrip(".") for part in parts if part) + "."
    last = [name.split()[-1] for name in (_text(name) for name in names) if name.split()]
    who = (
        ""
        if not last
        else last[0]
        if len(last) == 1
        else f"{last[0]} and {last[1]}"
        if len(last) == 2
        else f"{last[0]} et al."
    )
    label = f"{who}, {year[0]}" if who and year else ""
    return Reference(label, text, authors, shown.get("title", ""), int(year[0]) if year else None, arxiv, doi, 0)


def _text(value: str) -> str:
    """A field's TeX as words."""
    if "\\" not in value and "$" not in value:
        return " ".join(value.replace("{", "").replace("}", "").replace("~", " ").split())
    stream = Stream(expand({"x": value[:5000]}, "x").out)
    return plain(Paper(stream, Numbers()), 0, len(stream.tokens))


def counted(entries: Sequence[Entry], cited: Mapping[str, int]) -> tuple[Reference, ...]:
    return tuple(replace(entry.reference, cited=cited.get(entry.key, 0)) for entry in entries)
