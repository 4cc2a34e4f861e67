"""From what was asked for to a `Source`: metadata, PDF and text brought together, and compared with each other."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TextIO

from agents.errors import DataError, DiskError, LabError, MissingError, UsageError
from agents.note.text import letters
from agents.source import agree, arxiv, fetch, ids, kept, pdf
from agents.source.choice import Want, choose_markup, with_kept_markup
from agents.source.document import Block, Document, Metadata, Source
from agents.source.ids import ArxivId, PaperRequest
from agents.source.instructions import addressed_to_a_model

Choose = Callable[[tuple[Metadata, ...]], Metadata | None]
Progress = Callable[[str], None]

LONGEST_PASTE = 50_000  # characters; a title and an abstract have about 2,000


def gather(
    request: PaperRequest,
    cache: Path,
    *,
    stdin: TextIO,
    choose: Choose,
    progress: Progress,
    fresh: bool = False,
    want: Want = "pdf",
) -> Source:
    """The paper that `request` names, ready to be asked about.

    `choose` picks among the hits for a title that none of them has exactly (None: none of them). `cache` keeps what
    arXiv answered; `fresh` asks it again for metadata, and for what it did not have. `want`: the paper's markup that
    is to be read beside its PDF; about a file of the person's arXiv is asked for that only where he names one.
    """
    source = _plain(request, cache, stdin=stdin, choose=choose, progress=progress, fresh=fresh)
    for warning in addressed_to_a_model(source.document.blocks):
        source = _warned(source, warning)
    if want != "auto" or request.id or request.kind == "title":
        source = choose_markup(source, want, cache, progress, fresh=fresh)
    kept.keep(source, cache)
    return source


def again(sha256: str, read: str, paper: ArxivId, cache: Path) -> Source | None:
    """A paper as it was read for a note, out of the cache; None where it is not there. Asks nobody.

    Where our reader has changed since, or only the files are there, they are read once more, and that is kept.
    """
    found = kept.find(sha256, read, cache)
    if found and found.is_current:
        return found.source
    source = None
    with suppress(LabError):  # a damaged file; a disk that takes nothing
        source = _read_again(sha256, read, paper, cache)
        if source:
            kept.keep(source, cache)
    return source or (found.source if found else None)


def _read_again(sha256: str, read: str, paper: ArxivId, cache: Path) -> Source | None:
    path = fetch.kept_pdf(paper, cache) if paper.version else None
    if path is None or checksum(path) != sha256:
        return None
    source = replace(_read(path, pdf.read(path)), arxiv=paper.id, version=paper.version)
    if facts := arxiv.kept(paper, cache):
        source = _with_facts(source, facts)
    return with_kept_markup(source, read, cache)


def _plain(
    request: PaperRequest, cache: Path, *, stdin: TextIO, choose: Choose, progress: Progress, fresh: bool
) -> Source:
    """The paper as its PDF, or the pasted abstract, has it."""
    if request.path:
        return _local(request.path, cache, progress, fresh=fresh)
    if request.kind in {"id", "title"}:
        Thread(target=pdf.load_mupdf).start()  # its import takes 0.2 s, which pass while arXiv answers
    if request.id:
        return _from_arxiv(arxiv.metadata(request.id, cache, progress, fresh=fresh), cache, progress)
    if request.kind == "title":
        hits = arxiv.search(request.title, cache, progress, fresh=fresh)
        return _from_arxiv(_chosen(request.title, hits, choose), cache, progress)
    return _pasted(stdin)


def _from_arxiv(facts: Metadata, cache: Path, progress: Progress) -> Source:
    paper = ArxivId(facts.arxiv, facts.version)
    if not facts.has_pdf:
        earlier = f"; try {facts.arxiv}v{facts.version - 1}" if facts.version > 1 else ""
        raise MissingError(
            f"arXiv has no PDF of {paper}: withdrawn, or never made", f"see https://arxiv.org/abs/{paper}{earlier}"
        )
    path = fetch.pdf(paper, cache, progress)
    document = pdf.read(path)
    if not agree.is_of(document, facts.title):
        raise DataError(
            f"the PDF of {paper} is titled {document.title[:80]!r}, not {facts.title[:80]!r}",
            f"look at https://arxiv.org/abs/{paper}; if they are one paper, give the PDF as a file",
        )
    return _with_facts(_read(path, document), facts)


def _local(path: Path, cache: Path, progress: Progress, *, fresh: bool) -> Source:
    """A person's own file. arXiv is asked once, about a stamped one only; whatever it answers is no reason to fail."""
    source = replace(_read(path, pdf.read(path)), file=path.name)
    paper = ids.find_in(source.document.stamp)
    if not paper:
        return source
    source = replace(source, arxiv=paper.id, version=paper.version)
    try:
        facts = arxiv.metadata(paper, cache, progress, fresh=fresh, attempts=1)
    except LabError as error:
        return _warned(source, f"arXiv's metadata of {paper} could not be had: {error.what}")
    if not agree.is_of(source.document, facts.title):
        return _warned(source, f"the file is titled {source.title[:80]!r}, but {paper} is {facts.title[:80]!r}")
    return _with_facts(source, facts)


def kept_pdfs(old: ArxivId, new: ArxivId, cache: Path) -> tuple[Document, Document] | None:
    """Two versions of a paper as their PDFs have them, where both were downloaded before. Asks nobody."""
    paths = fetch.kept_pdf(old, cache), fetch.kept_pdf(new, cache)
    return (pdf.read(paths[0]), pdf.read(paths[1])) if paths[0] and paths[1] else None


def checksum(path: Path) -> str:
    """The sha256 of a file, by which a note of it is found again. DiskError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DiskError(f"cannot read {path.name!r}: {error.strerror}", "check the file and the disk") from error


def _read(path: Path, document: Document) -> Source:
    return Source("pdf", document.title, document.authors, document, checksum(path), file=path.name)


def _with_facts(source: Source, facts: Metadata) -> Source:
    """Title, authors and date as arXiv has them; a warning where the stamp on page 1 names something else."""
    paper = ArxivId(facts.arxiv, facts.version)
    source = replace(
        source,
        title=facts.title or source.title,
        authors=facts.authors or source.authors,
        arxiv=facts.arxiv,
        version=facts.version,
        published=facts.published,
    )
    stamp = ids.find_in(source.document.stamp)
    if stamp and str(stamp) not in {str(paper), paper.id}:
        return _warned(source, f"the stamp on page 1 says {stamp}, not {paper}")
    return source


def _chosen(title: str, hits: tuple[Metadata, ...], choose: Choose) -> Metadata:
    exact = [hit for hit in hits if letters(hit.title) == letters(title)]
    if len(exact) == 1:
        return exact[0]
    found = choose(tuple(exact) or hits) if hits else None
    if found:
        return found
    near = "; ".join(f"{hit.arxiv} {hit.title[:60]}" for hit in hits[:3])
    hint = f"give the id of the one you mean: {near}" if near else "check its spelling, or give the arXiv id"
    raise MissingError(f"arXiv has no single paper titled {title[:80]!r}", hint)


def _pasted(stdin: TextIO) -> Source:
    """A title (the first line that is not empty) and an abstract (the rest), pasted or piped in."""
    try:
        text = stdin.read(LONGEST_PASTE + 1)
        text.encode()  # in the C locale bytes that are no UTF-8 come as lone surrogates
    except UnicodeError as error:
        raise DataError("the text on stdin is not UTF-8", "paste it as plain text") from error
    if len(text) > LONGEST_PASTE:
        raise DataError(f"the text on stdin has more than {LONGEST_PASTE} characters", "give the paper as a PDF file")
    title, _, rest = text.strip().partition("\n")
    paragraphs = [arxiv.line(part) for part in rest.replace("\r", "").split("\n\n")]
    paragraphs = [part for part in paragraphs if part]
    title = arxiv.line(title)
    if not title or not paragraphs:
        raise UsageError(
            "title and abstract are expected on stdin", "paste the title on one line, the abstract below it"
        )
    blocks = tuple(Block("text", part, 1, (0.0, 0.0, 0.0, 0.0)) for part in paragraphs)
    document = Document(title, (), "\n\n".join(paragraphs), blocks, (), (), (), (), (), pages=1)
    digest = hashlib.sha256("\n\n".join([title, *paragraphs]).encode()).hexdigest()
    return Source("abstract", title, (), document, digest)


def _warned(source: Source, warning: str) -> Source:
    return replace(source, warnings=(*source.warnings, warning))
