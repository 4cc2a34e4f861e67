r"""What a paper's TeX source says, exactly: `read(data) -> Exact`, from the bytes that arXiv serves under /src/ID.

In reading order: unpack.py (bytes -> files, in memory), files.py (which one is the paper), tokens.py, expand.py (files
put in, the author's macros expanded; with reader.py, macros.py, conditionals.py), stream.py, number.py (every number as
LaTeX counts), text.py (a stretch as a reader sees it), displays.py, tables.py, floats.py, bib.py, front.py, body.py.

TeX is never run, and no parser of it is used: of those that can be installed pylatexenc fails on four of ten real
papers and none expands macros. What is not understood is shown as its words, never guessed at.
"""

from agents.source.document import Block, Exact
from agents.source.tex.bib import Entry, counted, read_biblatex, read_database, read_list
from agents.source.tex.body import Body, read_body
from agents.source.tex.expand import Expander, expand
from agents.source.tex.files import decode, main_file
from agents.source.tex.floats import NOWHERE
from agents.source.tex.front import abstract, authors, title
from agents.source.tex.number import number
from agents.source.tex.stream import Stream
from agents.source.tex.text import Paper, count_citations
from agents.source.tex.unpack import NoTexError, files_of

__all__ = ["NoTexError", "read"]

_WHITE_VALUES = {"1", "1,1,1", "255,255,255", "FFFFFF", "white"}


def read(data: bytes) -> Exact:
    """The paper. NoTexError where the authors sent none, DataError where the source is damaged or no LaTeX."""
    files = {name: decode(content) for name, content in files_of(data).items()}
    main = main_file(files)
    expander = expand(files, main)
    stream = Stream(expander.out)
    paper = Paper(stream, number(stream, files[main][:20_000]))
    _whites(paper)
    count_citations(paper, 0, len(stream.tokens))
    entries = _entries(paper, expander)
    paper.shown_cites = {entry.key: entry.reference.label for entry in entries if entry.reference.label}
    begin = stream.tokens.index(r"\begin{document}") + 1 if r"\begin{document}" in stream.tokens else 0
    body = read_body(paper, begin, len(stream.tokens))
    hidden = tuple(dict.fromkeys([*expander.reader.hidden, *paper.hidden]))
    references = counted(entries, paper.cited)
    return Exact(
        "tex",
        title(paper),
        authors(paper),
        abstract(paper),
        tuple(body.sections),
        tuple(body.figures),
        tuple(body.tables),
        tuple(body.equations),
        references,
        (*body.blocks, *(Block("reference", entry.text, 0, NOWHERE) for entry in references)),
        hidden,
        tuple(expander.reader.warnings + _missing(body, entries, paper)),
    )


def _entries(paper: Paper, expander: Expander) -> list[Entry]:
    r"""From the list in the paper, else from biber's, else from the databases."""
    stream = paper.stream
    entries = read_list(paper, 0, len(stream.tokens))
    if not entries and (text := expander.files.bbl()):
        entries = read_biblatex(text)
    if not entries:
        wanted = None if any(tok == r"\nocite" for tok in stream.tokens) else paper.cited
        entries = [entry for text in expander.files.databases() for entry in read_database(text, wanted)]
    return list({entry.key: entry for entry in reversed(entries)}.values())[::-1]


def _whites(paper: Paper) -> None:
    r"""Names that the author gave to white."""
    stream = paper.stream
    for index, tok in enumerate(stream.tokens):
        if tok == r"\definecolor":
            spans, _ = stream.arguments(index + 1, "mmm")
            name, _, value = map(stream.word, spans)
            if value.replace(" ", "").replace(".0", "").upper() in _WHITE_VALUES:
                paper.white.add(name)


def _missing(body: Body, entries: list[Entry], paper: Paper) -> list[str]:
    known = {entry.key for entry in entries}
    unknown = sorted(key for key in paper.cited if key not in known)
    sentences = []
    if unknown and entries:
        sentences.append(f"{len(unknown)} cited work(s) are not in the reference list: {', '.join(unknown[:5])}")
    if not body.blocks:
        sentences.append("the source has no text")
    return sentences
