"""What was done in a week: facts that code found in the lab, and what the person said himself.

- 论文：[BLIP-2](../papers/blip-2.md)（新增，⬜ 未读 → 📖 在读）
- 实验：[简化版 CLIP](../experiments/notebooks/tiny-clip.ipynb)（修改）
- 自述：推了一遍 InfoNCE 的梯度
"""

import posixpath
import re
from typing import Any, Literal
from urllib.parse import quote, unquote

from pydantic import Field, field_validator, model_validator

from agents.note.section import Body, Part
from agents.note.status import STATUSES, Status
from agents.note.text import AnyLine, Plain, escape, unescape

FROM = "weekly-log"  # where a log stands, as far as its links go
GROUPS = {"paper": "论文", "note": "笔记", "experiment": "实验"}
NEWS = {"new": "新增", "changed": "修改"}
NOTHING = "本周没有记录到任何活动。"
_SAID = "- 自述："
_ARXIV = "https://arxiv.org/abs/"
_MARKS = {status: " ".join(marks) for status, marks in STATUSES.items()}
_NEWS, _STATUS = "|".join(NEWS.values()), "|".join(_MARKS.values())
_ITEM = re.compile(
    rf"- (?P<group>{'|'.join(GROUPS.values())})："
    r"(?:\[(?P<linked>(?:\\.|[^\]\\])+)\]\((?P<link>[^)\s]+)\)|(?P<bare>.+))"
    rf"（(?:(?P<news>{_NEWS})，?)?(?:(?:(?P<was>{_STATUS}) → )?(?P<status>{_STATUS}))?）"
)


class Done(Part):
    """One thing that was done, as code found it. A status that changed stands beside the one it `was`."""

    group: Literal["paper", "note", "experiment"]
    title: Plain
    path: str = Field(default="", max_length=500)  # in the lab; "" where there is no file (any more)
    arxiv: str = Field(default="", pattern=r"^([0-9]{4}\.[0-9]{4,5}|[a-z-]+/[0-9]{7})?$")
    news: Literal["new", "changed", ""] = ""
    was: Status | None = None
    status: Status | None = None

    @field_validator("path")
    @classmethod
    def _inside_the_lab(cls, path: str) -> str:
        if path and (posixpath.normpath(path) != path or path.startswith(("/", "../"))):
            raise ValueError(f"{path!r} is no path in the lab")
        return path

    @model_validator(mode="before")
    @classmethod
    def _a_file_is_link_enough(cls, data: Any) -> Any:
        return data | {"arxiv": ""} if isinstance(data, dict) and data.get("path") else data

    @model_validator(mode="after")
    def _something_happened(self) -> "Done":
        if not self.news and not self.status:
            raise ValueError("nothing happened to it: neither news nor a status")
        return self


class Finished(Part):
    """The facts, and what the person said beside them."""

    facts: tuple[Done, ...] = ()
    said: tuple[AnyLine, ...] = ()


def told(done: Done) -> str:
    """A fact without its link: for a prompt, and for the end of a line."""
    status = f"{_MARKS[done.was]} → " if done.was else ""
    marks = [NEWS[done.news]] if done.news else []
    marks += [status + _MARKS[done.status]] if done.status else []
    return f"（{'，'.join(marks)}）"


def _show(finished: Finished) -> str:
    lines = [_show_done(done) for done in finished.facts] + [f"{_SAID}{line}" for line in finished.said]
    return "\n".join(lines) or NOTHING


def _show_done(done: Done) -> str:
    title = escape(done.title)
    target = quote(posixpath.relpath(done.path, FROM)) if done.path else _ARXIV + done.arxiv if done.arxiv else ""
    return f"- {GROUPS[done.group]}：{f'[{title}]({target})' if target else title}{told(done)}"


def _read(text: str) -> dict[str, Any]:
    lines = [] if text in {"", NOTHING} else text.split("\n")
    said = [line.removeprefix(_SAID) for line in lines if line.startswith(_SAID)]
    return {"facts": [_read_done(line) for line in lines if not line.startswith(_SAID)], "said": said}


def _read_done(line: str) -> dict[str, Any]:
    found = _ITEM.fullmatch(line)
    if not found:
        raise ValueError(f"neither something done (`- 论文：[title](link)（…）`) nor said (`{_SAID}…`): {line[:60]!r}")
    link = found["link"] or ""
    is_arxiv = link.startswith(_ARXIV)
    return {
        "group": _key(GROUPS, found["group"]),
        "title": unescape(found["linked"] or found["bare"]),
        "arxiv": link.removeprefix(_ARXIV) if is_arxiv else "",
        "path": posixpath.normpath(posixpath.join(FROM, unquote(link))) if link and not is_arxiv else "",
        "news": _key(NEWS, found["news"]) if found["news"] else "",
        "was": _key(_MARKS, found["was"]) if found["was"] else None,
        "status": _key(_MARKS, found["status"]) if found["status"] else None,
    }


def _key(names: Any, shown: str) -> Any:
    return next(name for name, value in names.items() if value == shown)


FINISHED = Body(_show, _read)
