"""Which of a paper's sources is taken: its PDF always, and what its TeX, else its HTML, says exactly."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from agents.errors import DataError, LabError, MissingError, TryAgainError, UnavailableError
from agents.source import html, markup, tex
from agents.source.document import Exact, Source
from agents.source.ids import ArxivId
from agents.source.merge import merge
from agents.source.places import Kind

Want = Literal["auto", "tex", "html", "pdf"]
Reader = Callable[[bytes], Exact]

READERS: dict[Kind, Reader] = {"tex": tex.read, "html": html.read}
_MARKUP: Mapping[str, Kind] = {"pdf+tex": "tex", "pdf+html": "html"}
_PDF: Mapping[str, str] = {"formulas": "pdf", "tables": "pdf", "references": "pdf"}


def choose_markup(
    source: Source, want: Want, cache: Path, progress: Callable[[str], None], *, fresh: bool = False
) -> Source:
    """The source with what its markup says exactly.

    `auto` takes the first of TeX and HTML that is there and is of this paper; it never fails for want of one, but says
    why there is none. One that is asked for by name is a MissingError where it is not there, and fails as it fails.
    """
    if want == "pdf" or source.read == "abstract":
        return _asked_for_nothing(source, want)
    if not source.arxiv or not source.version:
        if want == "auto":
            return source
        raise MissingError(f"no arXiv id is known of {source.file!r}, so no {markup.NAMES[want]}", "leave --source out")
    paper, missing = ArxivId(source.arxiv, source.version), []
    for kind in READERS if want == "auto" else (want,):
        try:
            data = markup.fetched(kind, paper, cache, progress, fresh=fresh)
            if data is not None:
                return _merged(source, kind, data)
            missing.append(markup.NAMES[kind])
            if want != "auto":
                raise MissingError(f"arXiv has no {markup.NAMES[kind]} of {paper}", "--source auto takes what there is")
        except (DataError, UnavailableError, TryAgainError) as error:
            if want != "auto":
                raise
            source = _without(source, kind, error)
            if not isinstance(error, DataError):
                break  # arXiv does not answer now: it is not asked for more
    return replace(source, origins={**_PDF, **({"missing": ", ".join(missing)} if missing else {})})


def with_kept_markup(source: Source, read: str, cache: Path) -> Source | None:
    """The source as `read` ("pdf+tex") says, with markup that was fetched before; None where it is not there."""
    if read == "pdf":
        return replace(source, origins=_PDF)
    kind = _MARKUP.get(read)
    data = markup.kept(kind, ArxivId(source.arxiv, source.version), cache) if kind else None
    return _merged(source, kind, data) if kind and data is not None else None


def _asked_for_nothing(source: Source, want: Want) -> Source:
    if want in {"tex", "html"}:
        raise MissingError(f"a pasted abstract has no {markup.NAMES[want]}", "give the paper by its arXiv id")
    return source


def _merged(source: Source, kind: Kind, data: bytes) -> Source:
    merged = merge(source.document, _exact(kind, data))
    return replace(
        source,
        read="pdf+tex" if kind == "tex" else "pdf+html",
        document=merged.document,
        origins=merged.origins,
        warnings=(*source.warnings, *merged.warnings),
    )


def _exact(kind: Kind, data: bytes) -> Exact:
    """The markup, read. Nobody wrote TeX for our reader: one that it stumbles over is no reason to lose the run."""
    try:
        return READERS[kind](data)
    except (ValueError, LookupError, RecursionError) as error:
        what = f"our reader failed on the {markup.NAMES[kind]} ({type(error).__name__}: {str(error)[:80]})"
        raise DataError(what, "please report this paper as a bug; --source pdf reads the PDF alone") from error


def _without(source: Source, kind: Kind, error: LabError) -> Source:
    told = f"the {markup.NAMES[kind]} was not used: {error.what}"
    return replace(source, warnings=(*source.warnings, told))
