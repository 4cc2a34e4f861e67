r"""The files of a source as text: which one is the paper, and which one a `\input` means."""

import posixpath
import re
from collections.abc import Mapping

from agents.errors import DataError

_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_CLASS = re.compile(r"\\document(?:class|style)\s*[\[{]")
_HINT = "the paper can still be read from its PDF"


def decode(data: bytes) -> str:
    """UTF-8, else Latin-1 as Windows extends it; one kind of line end, no control characters."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = data.decode("latin-1")
    return _UNREADABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))


def main_file(files: Mapping[str, str]) -> str:
    r"""The file that is the paper: arXiv's own rules, as far as they are known. DataError where there is none.

    It has a \documentclass (\documentstyle before 1994) and a \begin{document}. Of several, one that nobody includes
    and that the others' names point to: main, ms, paper; in the top folder; then the one with the most text.
    """
    bare = {name: _COMMENT.sub("", text) for name, text in files.items() if not name.endswith((".bbl", ".bib", ".sty"))}
    able = [name for name, text in bare.items() if r"\begin{document}" in text and _CLASS.search(text)]
    if not able:
        able = [name for name, text in bare.items() if _CLASS.search(text) or r"\begin{document}" in text]
    if not able:  # plain TeX, or a file whose class line is an \input
        able = [name for name, text in bare.items() if name.lower().endswith(".tex") and text.count("\\") > 20]
    if not able:
        raise DataError("no file of the paper's source is a LaTeX document", _HINT)

    def rank(name: str) -> tuple[bool, bool, bool, bool, int]:
        text, stem = bare[name], posixpath.splitext(posixpath.basename(name))[0].lower()
        part = bool(re.search(r"\\documentclass\s*(?:\[[^\]]*\])?\s*\{(?:subfiles|standalone)\}", text))
        aside = bool(re.search(r"supp|rebuttal|response|cover|letter|template|sample|old|backup|diff|poster", stem))
        return (
            not part,
            not aside,
            "/" not in name,
            stem in {"main", "ms", "paper", "article", "arxiv"},
            sum(map(len, _reached(name, bare))),
        )

    return max(sorted(able), key=rank)


def _reached(name: str, files: Mapping[str, str]) -> list[str]:
    """Its text and that of the files it puts in itself."""
    names = re.findall(r"\\(?:input|include|subfile)\s*\{([^{}\n]+)\}", files[name])
    here = Files(files)
    return [files[name], *(text for inner in names if (text := here.find(inner, name)[1]) is not None)]


class Files:
    """Looked up as TeX does: with or without its ending, from the top folder or beside the main file."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._lower = {name.lower(): name for name in files}

    def text(self, name: str) -> str | None:
        return self._files.get(name)

    def find(self, name: str, main: str) -> tuple[str, str | None]:
        """The path and the text, None where there is no such file; a name cannot lead out of the source."""
        folder = posixpath.dirname(main)
        for start in dict.fromkeys((folder, "")):
            for ending in ("", ".tex", ".ltx", ".txt"):
                path = posixpath.normpath(posixpath.join(start, f"{name.strip()}{ending}"))
                found = path if path in self._files else self._lower.get(path.lower())
                if found is not None:
                    return found, self._files[found]
        return name, None

    def bbl(self) -> str | None:
        """The largest list that BibTeX or biber made."""
        lists = [text for name, text in self._files.items() if name.endswith(".bbl")]
        return max(lists, key=len, default=None)

    def databases(self) -> list[str]:
        return [text for name, text in sorted(self._files.items()) if name.endswith(".bib")]
