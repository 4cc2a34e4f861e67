"""From a checked reply to the note of a paper: the facts, the receipt, the row in the reading list. Pure."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath

from agents.lab import reading_list
from agents.lab.change import Edit
from agents.lab.notes import Standing
from agents.lab.reading_list import Row
from agents.model.question import Answer, Question
from agents.note.added import written
from agents.note.markdown import render
from agents.note.note import fingerprint
from agents.note.paper import PaperNote, PaperReply, Status
from agents.note.slug import folded
from agents.note.template import added, headings
from agents.note.text import escape, one_line
from agents.recipes import paper_source as seen
from agents.recipes import receipt
from agents.source.document import Source
from agents.trust import alone, formulas, quotes, references, sourced
from agents.trust.outcome import Outcome, counts, marked
from agents.trust.sourced import Grounds

PROMPT = "prompts/paper.md"
_MOST_RIVALS = 40
_NOT_CHECKED = "没有检查：图里的内容、推断是否恰当、作者的结论是否成立。"


def facts(source: Source) -> str:
    """What code knows of the paper, for the prompt."""
    lines = [f"- 标题：{source.title}", f"- 作者：{', '.join(source.authors) or '未知'}"]
    if source.arxiv:
        lines.append(f"- arXiv：{source.arxiv}v{source.version}")
    if source.published:
        lines.append(f"- 首次发表：{source.published:%Y-%m-%d}")
    if source.read == "abstract":
        lines.append(
            "- 注意：你只收到标题和摘要，没有正文。只写摘要里有的内容，其余写明“只读了摘要”；延伸阅读可以留空。"
        )
    return "\n".join(lines)


def overview(source: Source) -> str:
    """One line on what was read."""
    document = source.document
    counts = {
        name: len(getattr(document, name)) for name in ("sections", "tables", "figures", "equations", "references")
    }
    return f"read {document.pages} pages: " + ", ".join(f"{count} {name}" for name, count in counts.items())


def rivals(others: dict[str, str], source: Source) -> dict[str, str]:
    """The lab's papers that this one may be compared with, those that it cites first; at most 40."""
    cited = {folded(reference.title) for reference in source.document.references if reference.title}
    ranked = sorted(others.items(), key=lambda item: (folded(item[1]) not in cited, item[0]))
    return dict(ranked[:_MOST_RIVALS])


def build(
    answer: Answer[PaperReply],
    paper: Grounds,
    question: Question[PaperReply],
    standing: Standing[PaperNote] | None,
    row: Row | None,
    today: date,
    more: Sequence[str] = (),
) -> PaperNote:
    """The note, with what the person had added to the one that stands; `row` wins over its status.

    `more`: further lines on the source, for its 溯源.
    """
    old, source = standing.note if standing else None, paper.source
    of_source = sourced.outcomes(answer.reply, paper)
    # The marks of the second kind stand in the reply by now.
    checked = [*of_source, *alone.outcomes(answer.reply, is_draft=answer.engine == "draft")]
    body = answer.reply.model_dump(exclude={"echo", "tags", "aliases"})
    body["further_reading"] = references.with_badges(
        body["further_reading"], answer.reply, paper.bibliography, paper.on_arxiv
    )
    body = marked(formulas.with_pages(quotes.with_pages(body, paper.quotes), source.document), of_source, answer.reply)
    note = PaperNote.model_validate(
        body
        | receipt.facts(answer, standing, PaperNote, today, answer.reply.tags, answer.reply.aliases)
        | {
            "more": written(added(question.system, "paper"), body.get("more", {})),
            "title": one_line(source.title) or one_line(source.file) or "（无题）",
            "arxiv": source.arxiv,
            "version": source.version,
            "authors": tuple(filter(None, map(one_line, source.authors))),
            "published": source.published,
            "status": _status(row, old),
            "source": source.read,
            "pages": source.document.pages,
            "sha256": source.sha256,
            "tokens": answer.usage.tokens_in + answer.usage.output,
            "usd": None if answer.usage.usd is None else float(answer.usage.usd),
        }
    )
    provenance = _provenance(checked, answer, source, question, more)
    note = note.model_copy(update={"checks": _checks(checked, answer), "provenance": provenance})
    return note.model_copy(update={"written": fingerprint(note)})


def _status(row: Row | None, old: PaperNote | None) -> Status:
    """A note means that the paper is being read; what the person said further stays."""
    said: Status = row.status if row else old.status if old else "reading"
    return "reading" if said == "unread" else said


def _checks(checked: Sequence[Outcome], answer: Answer[PaperReply]) -> dict[str, tuple[int, int]]:
    """Only what ran: the schema (with damaged TeX), what was looked up in the paper, and with a model the echo."""
    return {"schema": (1, 1)} | counts(checked) | ({"echo": (1, 1)} if answer.engine == "claude" else {})


def _provenance(
    checked: Sequence[Outcome],
    answer: Answer[PaperReply],
    source: Source,
    question: Question[PaperReply],
    more: Sequence[str],
) -> tuple[str, ...]:
    lines = [
        f"来源：{_origin(source)}，sha256 `{source.sha256[:16]}`。",
        *seen.lines(source),
        *more,
        receipt.writer(answer),
        receipt.contract(answer, question, PROMPT),
        *receipt.checked(checked),
        "结构：通过字段、公式转义与 Markdown 检查；Δ 与相对变化由程序计算。",
    ]
    if answer.engine == "claude":
        lines.append("回执：模型抄回的标题、第一作者、最后一个标题，至少两项与原文一致。")
    lines.append(_NOT_CHECKED)
    return (*lines, *(f"注意：{escape(one_line(warning))}" for warning in source.warnings))


def _origin(source: Source) -> str:
    if source.read == "abstract":
        return "只读了标题和摘要（粘贴的文字），没有读正文"
    paper = f"arXiv:{source.arxiv}v{source.version}" if source.arxiv else escape(one_line(source.file))
    return f"{paper} 的 PDF，{source.document.pages} 页全部读取"


def text(note: PaperNote, claude_md: str) -> bytes:
    """The file: headings as the lab's CLAUDE.md words them."""
    return render(note, headings(claude_md, note.kind)).encode()


def with_status(text: str, status: Status) -> bytes:
    """The note with another status; every other byte stays."""
    return re.sub(r"(?m)^status:.*?(?=\r?$)", f'status: "{status}"', text, count=1).encode()


def row_edit(note: PaperNote, target: str, status: Status | None = None) -> Edit:
    """The change of this paper's row, for whatever bytes the reading list holds by then; `status` is set as it is."""
    link = PurePosixPath(target).name
    year = note.published.year if note.published else None
    row = Row(note.title, arxiv=note.arxiv, year=year, link=link, status=status or note.status)

    def edit(data: bytes) -> bytes:
        edited = reading_list.upsert(data, row)
        return (
            reading_list.set_status(edited, status, arxiv=note.arxiv, link=link, title=note.title) if status else edited
        )

    return edit
