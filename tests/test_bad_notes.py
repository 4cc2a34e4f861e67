"""Ten notes that are broken each in its way: a finding on its line, never a traceback, and the file as it was."""

import pytest
from findings import NOTE, line_of

HEADING = "## 背景与动机 <!-- field: background -->\n"
AGAIN = HEADING.replace("背景", "再来")
BELOW = f"{HEADING}\n"


def in_background(added):
    return lambda text: text.replace(BELOW, f"{BELOW}{added}", 1)


# name: how the sound note is broken; what lint says of it, as (rule, weight, what stands on that line or its number)
BROKEN = {
    "broken front matter": (lambda t: t.replace("checks: {", "checks: [{", 1), [("front-matter", "error", "checks: ")]),
    "no front matter": (lambda t: t.partition("\n---\n")[2].lstrip(), [("front-matter", "error", 1)]),
    "not ours, no front matter": (lambda _: "# 手写\n\n字。\n", [("front-matter", "warning", 1)]),
    "5 MB": (lambda t: t + "字" * 1_700_000, [("size", "error", 1)]),
    "CRLF": (lambda t: t.replace("\n", "\r\n"), []),
    "CRLF, and a flaw": (lambda t: in_background("**损失：**越小\n\n")(t).replace("\n", "\r\n"), [("typography", "error", "**损失"), ("round-trip", "warning", "**损失")]),
    "a lone $$": (in_background("字 $$ 字\n\n"), [("schema", "error", HEADING), ("typography", "error", "字 $$ 字")]),
    "a lone $$ of the person's": (lambda t: f"{t}\n字 $$ 字\n", [("typography", "warning", "字 $$ 字")]),
    "an unclosed fence": (in_background("```python\n\n"), [("fence", "error", "```python"), ("heading", "error", None), ("schema", "error", HEADING)]),
    "an unclosed fence of the person's": (lambda t: f"{t}\n~~~\n字\n", [("fence", "warning", "~~~")]),
    "headings inside fences": (lambda t: f"{t}\n```\n{HEADING}# 题\n```\n", []),
    "headings inside a fence of ours": (in_background("```\n## 方法\n```\n\n"), [("schema", "error", HEADING)]),
    "a section twice": (in_background(f"字\n\n{AGAIN}\n"), [("heading", "error", AGAIN), ("heading", "warning", AGAIN)]),
    "NUL bytes": (lambda t: f"{t}字\0\n", [("nul", "error", "\0")]),
    "NUL bytes in the front matter": (lambda t: t.replace('title: "', 'title: "\0', 1), [("nul", "error", 'title: "\0'), ("front-matter", "error", None)]),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_note_is_a_finding_on_its_line_and_stays_as_it_is(linted, name):
    break_it, expected = BROKEN[name]
    text = break_it(linted.read())
    linted.write(NOTE, text)
    done = linted.run(linted.root / NOTE)  # which holds that no byte changes
    said = [(f["rule"], "warning" if f["weight"] else "error", int(f["line"])) for f in done.found]
    for rule, weight, where in expected:
        lines = [line for r, w, line in said if (r, w) == (rule, weight)]
        assert lines, done.out
        if where is not None:
            assert (where if isinstance(where, int) else line_of(text, where)) in lines, done.out
    assert {(rule, weight) for rule, weight, _ in said} <= {(rule, weight) for rule, weight, _ in expected}, done.out
    assert "Traceback" not in done.err


def test_a_symbolic_link_out_of_the_lab_is_a_finding_and_what_it_leads_to_stays(linted, tmp_path):
    outside = tmp_path / "outside.md"
    outside.write_text("---\nkind: [\n", encoding="utf-8")
    (linted.root / NOTE).unlink()
    (linted.root / NOTE).symlink_to(outside)
    done = linted.run(linted.root / NOTE)
    assert (NOTE, "1", "symlink") in [(f["path"], f["line"], f["rule"]) for f in done.found]
    assert done.code == 65
    assert outside.read_text(encoding="utf-8") == "---\nkind: [\n"
