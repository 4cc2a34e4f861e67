"""What 溯源 says of two versions of a paper, and what is known of newer ones without asking anybody."""

from collections.abc import Sequence
from pathlib import Path

from agents.note.paper import PaperNote
from agents.note.text import as_line, one_line
from agents.source import arxiv
from agents.source.document import Source
from agents.source.gather import kept_pdfs
from agents.source.ids import ArxivId
from agents.source.versions import Changes, changes

_MOST = 8  # items of one kind


def newer(note: PaperNote, cache: Path) -> str:
    """A line for the person where arXiv's kept answer names a newer version than the note is about; else ""."""
    known = arxiv.newest_kept(note.arxiv, cache) if note.arxiv else 0
    if not note.version or known <= note.version:
        return ""
    return f"arXiv has version {known}, the note is about version {note.version}: --update rewrites it"


def changed(note: PaperNote | None, source: Source, cache: Path) -> list[str]:
    """The line on what changed since the version that the note was about; none where it was this one."""
    if note is None or not note.version or note.arxiv != source.arxiv or note.version == source.version:
        return []
    step = f"版本变化：v{note.version} → v{source.version}"
    both = kept_pdfs(ArxivId(note.arxiv, note.version), ArxivId(source.arxiv, source.version), cache)
    if both is None:
        return [f"{step}，旧版本的 PDF 不在缓存里，没有比较。"]
    return [f"{step}，{told(changes(*both))}（由程序比较两个版本的 PDF）。"]


def told(found: Changes) -> str:
    """The changes in words."""
    gone, new = found.abstract
    parts = [
        _listed("新增小节", found.added),
        _listed("删去小节", found.removed),
        _listed("改名小节", [f"{old} → {new}" for old, new in found.renamed]),
        _listed("数字改动", [f"{n.table} {n.row}，{n.column}：{n.before} → {n.after}" for n in found.numbers], "；"),
        _listed("摘要里去掉的数字", gone),
        _listed("摘要里新的数字", new),
    ]
    return "；".join(filter(None, parts)) or "小节、表格与摘要里的数字都没有变"


def _listed(name: str, items: Sequence[str], between: str = "、") -> str:
    if not items:
        return ""
    more = f"等 {len(items)} 处" if len(items) > _MOST else ""
    return f"{name} {between.join(as_line(one_line(item)[:120]) for item in items[:_MOST])}{more}"
