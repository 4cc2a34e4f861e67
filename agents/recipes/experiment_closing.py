"""The two sections that close a notebook, from what a run really printed: every number in them is looked up there."""

import argparse
import hashlib
from dataclasses import dataclass
from decimal import Decimal

from agents.errors import DataError
from agents.lab.find import resource
from agents.model.prompt import fill
from agents.model.question import Answer, Question, Usage
from agents.note import cells, notebook
from agents.note.cells import Book
from agents.note.experiment import ClosingReply, closing_fingerprint
from agents.note.mark import SIGN
from agents.note.problem import Problem
from agents.note.template import headings
from agents.recipes import filing
from agents.recipes.run import Run
from agents.trust import numbers

PROMPT = "prompts/experiment-conclusion.md"
_LONGEST = 6000  # characters of one cell's outputs that Claude is shown
_LAST_LINES = 6
_NOTHING = Decimal(0)
_UNSAID = "（没有写）"
_NO_MODEL = "没有模型，不作对照。设置 key 之后用 `--run` 重跑，会由 Claude 根据输出来写。"


@dataclass(frozen=True, slots=True)
class Closing:
    """The notebook with both sections written, what was checked, and who wrote them."""

    text: str
    title: str
    checks: dict[str, tuple[int, int]]
    answer: Answer[ClosingReply]


def template(run: Run) -> str:
    """The prompt, its variables checked."""
    text = resource(run.lab, PROMPT)
    fill(text, PROMPT, title="", goal="", expected="")
    return text


def written(
    args: argparse.Namespace, run: Run, who: str, text: str, contract: str, paid: Decimal = _NOTHING
) -> Closing:
    """A notebook that has run to its end, closed by Claude or, without a model, by the bare facts."""
    book = cells.load(text)
    said = "\n".join(printed for _, printed in cells.outputs(book))
    of = len(cells.codes(book))
    where = "没有沙箱" if args.run_unsandboxed else "没有网络的沙箱里"
    ran = f"{run.today:%Y-%m-%d} 运行（{where}）：{of} 个代码单元全部跑通"
    checks = {"run": (of, of)}
    if who == "claude":
        answer = filing.ask(args, run, _question(run, book, contract), lambda reply: _unproven(reply, said), paid)
        _refuse_strictly(args, answer)
        closing = _checked(answer, ran, said)
        checks["numbers"] = _count(answer.reply, said)
    else:
        closing = {"conclusion": _facts(ran, book, said), "theory": _NO_MODEL}
        answer = Answer(ClosingReply.model_construct(None, **closing), (), "draft", "", Usage())
    facts = {
        "updated": f"{run.today:%Y-%m-%d}",
        "closed": closing_fingerprint(**closing),
        "checks": _kept_checks(book) | {name: list(counts) for name, counts in checks.items()},
    }
    done = notebook.with_closing(text, closing, facts, headings(contract, "experiment"))
    return Closing(done, _title(book), checks, answer)


def _checked(answer: Answer[ClosingReply], ran: str, said: str) -> dict[str, str]:
    """Both texts, each with a mark after it where a number in it stands in no output."""
    by = f"{ran}；以下由 `{answer.model}` 根据输出写成。"
    conclusion, theory = (_marked(part, said) for part in (answer.reply.conclusion, answer.reply.theory))
    return {"conclusion": f"{by}\n\n{conclusion}", "theory": theory}


def _count(reply: ClosingReply, said: str) -> tuple[int, int]:
    """How many of the numbers stand in the outputs, and how many there are."""
    both = reply.conclusion, reply.theory
    of = sum(len(numbers.numbers(part)) for part in both)
    return of - sum(len(numbers.missing(part, said)) for part in both), of


def _question(run: Run, book: Book, contract: str) -> Question[ClosingReply]:
    """Code and outputs are data: both may hold whatever a model wrote."""
    sources, shown = cells.codes(book), []
    for (n, printed), code in zip(cells.outputs(book), sources, strict=True):
        shown.append(f"## 代码单元 {n}\n\n{code}\n\n### 输出\n\n{_cut(printed) or '（没有输出）'}")
    text = {name: cells.body(cell) for cell in book["cells"] if (name := cells.name_of(cell))}
    wording, title = template(run), _title(book)
    source = "\n\n".join(shown)
    values = {"title": title, "goal": text.get("goal", _UNSAID), "expected": text.get("expected", _UNSAID)}
    return Question(
        agent="experiment",
        target=f"{title} (conclusion)",
        system=contract,
        template=wording,
        prompt=fill(wording, PROMPT, **values),
        source=source,
        reply=ClosingReply,
        depends_on=(hashlib.sha256(source.encode()).hexdigest(), *values.values()),
    )


def _cut(printed: str) -> str:
    """Both ends of a long output: settings are printed first, results last."""
    if len(printed) <= _LONGEST:
        return printed
    return f"{printed[: _LONGEST // 2]}\n[…]\n{printed[-_LONGEST // 2 :]}"


def _unproven(reply: ClosingReply, said: str) -> list[Problem]:
    return [
        Problem(f"{name}: the number {number} stands in no output", fatal=False)
        for name in ("conclusion", "theory")
        for number in numbers.missing(getattr(reply, name), said)
    ]


def _refuse_strictly(args: argparse.Namespace, answer: Answer[ClosingReply]) -> None:
    if args.strict and answer.problems:
        raise DataError(f"not proven: {answer.problems[0].text}", "without --strict it is written with a mark")


def _marked(text: str, said: str) -> str:
    """The text, and after it what no output holds."""
    lost = "、".join(dict.fromkeys(numbers.missing(text, said)))
    return f"{text}\n\n{SIGN} 运行输出里没有这些数字：{lost}" if lost else text


def _facts(ran: str, book: Book, said: str) -> str:
    """What can be told without a model."""
    last = [line[:200] for line in said.split("\n") if line.strip() and line != "[图]"][-_LAST_LINES:]
    shown = "\n".join(f"    {line}" for line in last)  # indented code: nothing in it can end the block
    quoted = f"输出的最后几行：\n\n{shown}" if last else "没有打印任何文字。"
    return f"{ran}，画出 {cells.pictures(book)} 张图。没有模型，这里只列事实，不作判断。\n\n{quoted}"


def _title(book: Book) -> str:
    """As its metadata say; of a notebook that a person made, as its first heading says."""
    named = book["metadata"].get("lab")
    if isinstance(named, dict) and isinstance(named.get("title"), str):
        return str(named["title"])
    first = next((cells.source(cell) for cell in book["cells"] if cells.source(cell).startswith("# ")), "# 实验")
    return first.partition("\n")[0].removeprefix("# ")


def _kept_checks(book: Book) -> dict[str, object]:
    """Those that are not about a run."""
    lab = book["metadata"].get("lab")
    found = lab.get("checks") if isinstance(lab, dict) else None
    kept = found if isinstance(found, dict) else {}
    return {name: counts for name, counts in kept.items() if name not in {"run", "numbers"}}
