"""A notebook as a note: what is written is read back, what a person adds survives, what is broken is said with its line."""

import json
import random
import warnings
from datetime import date

import pytest

from agents.note import cells, notebook
from agents.note.cutting import BrokenNote
from agents.note.experiment import ExperimentNote, closing_fingerprint
from agents.note.note import More, OwnSection, fingerprint

LINES = [
    "普通的一句话。",
    "损失 $\\mathcal{L}_{i}$ 越小越好",
    "**重点** 在这里",
    "用 `nn.Linear` 映射",
    "a | b",
    "C++ / C#",
]
CODES = [
    "# 注释\nx = 1",
    "def f(x):\n    # 平方\n\n    return x * x",
    "s = '''\n## 不是标题 <!-- field: data -->\n'''",
    "# emoji 🎉",
]
REMARKS = ["\n", "", "\n我的话。\n\n```\n没有关\n", "同一行之下", "\n## 标题\n"]
OWN = [
    {"cell_type": "markdown", "id": "mine-1", "metadata": {}, "source": "## 我的想法\n\n再试一次"},
    {"cell_type": "code", "id": "a1b2", "metadata": {"tags": ["x"]}, "source": "print('我的代码')"},
    {"cell_type": "raw", "id": "r", "metadata": {}, "source": ""},
]
MORE = [
    More(anchor="more.first", after="", heading="先说", text="一句。"),
    More(anchor="more.复现要点", after="goal", level=3, heading="复现 `要点`", text="- 一\n- 二\n\n$x$"),
    More(anchor="more.ab", after="environment", heading="ab"),
    More(anchor="more.last", after="theory", heading="最后", text="完。"),
]
KEYS = [
    {},
    {"lab": {"stars": 3}},
    {"notebook": {"colab": {"provenance": []}}},
    {"cells": {"data": {"metadata": {"tags": ["y"]}}}},
]


class Dice:
    """Draws experiments."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.more = [one for one in MORE if random.Random(f"{seed} {one.anchor}").random() < 0.4]

    def some(self, pool, least=1, most=3):
        return [self.random.choice(pool) for _ in range(self.random.randint(least, most))]

    def step(self):
        formula = {"path": "papers/blip 2.md", "title": "BLIP-2: [x] a_b", "tex": "\\frac{a}{b}"}
        return {
            "intent": self.random.choice(LINES),
            "code": self.random.choice(CODES),
            "formula": self.random.choice([None, formula]),
        }

    def note(self):
        behind = {one.after: one.anchor for one in self.more}  # what stood behind a section may stand behind that
        after = [behind.get(place, place) for place in self.some(["", "goal", "data"], 0, 2)]
        own = [OwnSection(after=a, text=cells.kept(c)) for a, c in zip(after, OWN, strict=False)]
        places = ["", "more.first", "goal", "more.复现要点", "data"]
        keys = self.random.choice(KEYS)
        body = {name: "\n\n".join(self.some(LINES)) for name in ("goal", "expected", "conclusion", "theory")}
        steps = {
            name: {"cells": [self.step() for _ in range(self.random.randint(1, 3))]}
            for name in ("data", "architecture", "training", "figures")
        }
        return ExperimentNote.model_validate(
            body
            | steps
            | {
                "title": self.random.choice(["CLIP", "注意力 [*] 与 `KV`", "# 井号"]),
                "tags": ("clip",),
                "aliases": ("一", "二"),
                "created": date(2026, 11, 1),
                "updated": date(2026, 11, 24),
                "engine": "claude",
                "model": "m",
                "checks": {"code": (3, 3)},
                "written": "0123",
                "environment": [{"name": "torch", "reason": "张量"}, {"name": "sklearn", "reason": "数据：切分"}],
                "script": self.random.choice(["", "tiny_clip"]),
                "provenance": self.some(LINES),
                "remarks": self.random.choice(REMARKS),
                "own_sections": sorted(own, key=lambda section: places.index(section.after)),
                "more": self.more,
                "own_keys": json.dumps(keys, sort_keys=True) + "\n" if keys else "",
            }
        )


@pytest.mark.parametrize("seed", range(60))
def test_what_is_written_is_read_back_and_printed_again_to_the_byte(seed):
    note = Dice(seed).note()
    text = notebook.show(note)
    assert notebook.read(text) == note
    assert notebook.show(notebook.read(text)) == text


@pytest.mark.parametrize("seed", range(10))
def test_nbformat_takes_it_and_would_write_the_same_bytes(seed):
    import nbformat

    text = notebook.show(Dice(seed).note())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = nbformat.reads(text, as_version=4)
        nbformat.validate(book)
    assert nbformat.writes(book) + "\n" == text


@pytest.fixture
def note():
    made = Dice(7).note().model_copy(update={"own_sections": (), "own_keys": "", "remarks": "\n", "script": "clip"})
    made = made.model_copy(update={"closed": closing_fingerprint(made.conclusion, made.theory)})
    return made.model_copy(update={"written": fingerprint(made)})


@pytest.fixture
def text(note):
    return notebook.show(note)


def changed(text, change):
    book = json.loads(text)
    change({cell["id"]: cell for cell in book["cells"]}, book)
    return json.dumps(book, ensure_ascii=False)


def test_headings_are_the_contracts_and_any_wording_is_read(note):
    text = notebook.show(note, {"goal": "目的", "remarks": "笔记", "data": "数据"})
    assert "## 目的 <!-- field: goal -->" in text
    assert notebook.read(text) == note


def test_outputs_counts_and_timings_of_a_run_are_nobodys_edit(note, text):
    def run(cell, book):
        cell["lab-data-1-code"] |= {
            "execution_count": 3,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "1\n"}],
            "metadata": {"execution": {"iopub.status.busy": "2026"}},
        }
        book["metadata"]["language_info"] |= {"version": "3.12"}
        book["metadata"]["kernelspec"] = {"name": "mine", "display_name": "mine"}

    read = notebook.read(changed(text, run))
    assert read == note
    assert fingerprint(read) == read.written


@pytest.mark.parametrize("cell", ["lab-data-1-code", "lab-goal", "lab-environment", "lab-data-1-why", "lab-title"])
def test_a_changed_source_is_an_edit(text, cell):
    def edit(cells_, _):
        source = "".join(cells_[cell]["source"])
        cells_[cell]["source"] = source.replace("`torch`：张量", "`torch`：别的") if "environ" in cell else f"{source}0"

    read = notebook.read(changed(text, edit))
    assert fingerprint(read) != read.written


def test_closing_cells_are_left_out_of_written_and_watched_by_their_own_mark(note, text):
    def edit(cells_, _):
        cells_["lab-conclusion"]["source"] = "## 实验结论 <!-- field: conclusion -->\n\n我的结论 <b>x</b>"

    read = notebook.read(changed(text, edit))
    assert fingerprint(read) == read.written
    assert read.closing_edited and not note.closing_edited
    assert read.own() != note.own()
    assert read.has_own_words and not note.has_own_words


def test_what_a_person_adds_is_his_and_survives(text):
    def add(cells_, book):
        book["cells"].insert(
            5,
            {"cell_type": "code", "id": "zz", "metadata": {}, "source": ["y = 2"], "outputs": [], "execution_count": 9},
        )
        cells_["lab-remarks"]["source"] = "## 我的批注 <!-- field: remarks -->\n\n![图](attachment:a.png)"
        cells_["lab-remarks"]["attachments"] = {"a.png": {"image/png": "AAAA"}}
        cells_["lab-data"]["metadata"] = {"jp-MarkdownHeadingCollapsed": True}
        book["cells"].append({"cell_type": "markdown", "id": "end", "metadata": {}, "source": "在最后"})
        book["metadata"]["lab"]["stars"] = 5
        book["metadata"]["widgets"] = {"a": 1}

    read = notebook.read(changed(text, add))
    assert fingerprint(read) == read.written
    again = json.loads(notebook.show(read))
    by_id = {cell["id"]: cell for cell in again["cells"]}
    assert "".join(by_id["zz"]["source"]) == "y = 2"
    assert by_id["lab-remarks"]["attachments"] == {"a.png": {"image/png": "AAAA"}}
    assert by_id["lab-data"]["metadata"] == {"jp-MarkdownHeadingCollapsed": True}
    assert again["cells"][-1]["id"] == "end"
    assert again["metadata"]["lab"]["stars"] == 5 and again["metadata"]["widgets"] == {"a": 1}
    assert [cell["id"] for cell in again["cells"]][5] == "zz"


def test_a_cell_of_the_persons_stays_in_its_section_when_its_neighbour_is_gone(note):
    own = OwnSection(after="data-9-code", text=cells.kept(OWN[0]))
    ids = [cell["id"] for cell in json.loads(notebook.show(note.model_copy(update={"own_sections": (own,)})))["cells"]]
    assert ids[ids.index("mine-1") - 1].startswith("lab-data-")
    assert ids[ids.index("mine-1") + 1] == "lab-architecture"


def test_a_second_cell_with_an_id_of_ours_is_the_persons(text):
    def split(cells_, book):
        book["cells"].insert(9, json.loads(json.dumps(cells_["lab-goal"])) | {"source": "拆出来的"})

    read = notebook.read(changed(text, split))
    assert [json.loads(section.text)["source"] for section in read.own_sections] == ["拆出来的"]


def test_a_tool_that_drops_ids_leaves_the_sections_but_not_the_cells_of_code(text):
    def drop(_, book):
        for cell in book["cells"]:
            del cell["id"]

    bare = changed(text, drop)
    with pytest.raises(BrokenNote):
        notebook.read(bare)
    kept = notebook.own_parts(bare)
    assert len(kept["own_sections"]) > 4  # nothing is dropped in a rewrite
    assert kept["remarks"] == "\n"


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", "null", "{}", '{"cells": 3}', '{"cells": [1], "nbformat": 4, "metadata": {}}',
               '{"cells": [{"cell_type": "code"}], "nbformat": 4, "metadata": {}}', "[" * 100_000,
               '{"worksheets": [], "nbformat": 3, "metadata": {}}', "<<<<<<< HEAD\n{"],
)  # fmt: skip
def test_what_is_no_notebook_is_said_so(broken):
    with pytest.raises(BrokenNote):
        notebook.read(broken)
    assert notebook.kept_parts(broken) == {}


def _remove(name):
    return lambda _, book: book["cells"].__delitem__([c["id"] for c in book["cells"]].index(name))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_remove("lab-data-1-code"), "data-1-code: this cell is missing"),
        (_remove("lab-theory"), "theory: this cell is missing"),
        (_remove("lab-script"), "do not stand in the order"),
        (lambda c, _: c["lab-data-1-code"].__setitem__("cell_type", "markdown"), "no code cell any more"),
        (lambda c, _: c["lab-goal"].__setitem__("source", "没有标题"), "begins with `## 实验目标`"),
        (lambda c, _: c["lab-data"].__setitem__("source", "## 数据准备 <!-- field: data -->\n\n多出来的话"), "no text of its own"),
        (lambda c, _: c["lab-environment"].__setitem__("source", "## x <!-- field: environment -->\n\n随便"), "`package`"),
        (lambda c, _: c["lab-script"].__setitem__("source", "import os"), "this cell is ours"),
        (lambda c, _: c["lab-title"].__setitem__("source", "标题"), "the first cell is the title"),
        (lambda _, b: b["cells"].insert(0, b["cells"].pop(3)), "do not stand in the order"),
        (lambda _, b: b["metadata"].pop("lab"), "this notebook was not made here"),
        (lambda _, b: b["metadata"]["lab"].pop("created"), "created"),
    ],
)  # fmt: skip
def test_what_breaks_the_schema_is_named(text, change, says):
    with pytest.raises(BrokenNote, match=says.replace("`", ".")):
        notebook.read(changed(text, change))


def test_the_line_of_a_broken_cell_is_that_of_the_file(text):
    broken = text.replace("- `torch`：张量", "随便写的")
    with pytest.raises(BrokenNote) as raised:
        notebook.read(broken)
    assert '"id": "lab-environment"' in broken.split("\n")[raised.value.line - 1]


def test_closing_replaces_two_cells_and_nothing_else(note, text):
    before = json.loads(text)
    closed = notebook.with_closing(text, {"conclusion": "好", "theory": "对"}, {"checks": {"run": [1, 1]}}, {})
    after = json.loads(closed)
    different = [b["id"] for b, a in zip(before["cells"], after["cells"], strict=True) if a != b]
    assert different == ["lab-conclusion", "lab-theory"]
    read = notebook.read(closed)
    assert (read.conclusion, read.theory, read.checks) == ("好", "对", {"run": (1, 1)})
    assert fingerprint(read) == note.written


def test_closing_keeps_the_heading_that_stands_and_puts_missing_cells_before_the_remarks(text):
    def change(cells_, book):
        cells_["lab-conclusion"]["source"] = "## 我改的标题 <!-- field: conclusion -->\n\n旧"
        _remove("lab-theory")(cells_, book)

    closed = json.loads(notebook.with_closing(changed(text, change), {"conclusion": "新", "theory": "对"}, {}, {}))
    ids = [cell["id"] for cell in closed["cells"]]
    assert ids[-3:] == ["lab-theory", "lab-provenance", "lab-remarks"]
    said = "".join(closed["cells"][ids.index("lab-conclusion")]["source"])
    assert said == "## 我改的标题 <!-- field: conclusion -->\n\n新"


def test_closing_a_notebook_of_the_persons_own_adds_no_metadata():
    own = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    closed = json.loads(notebook.with_closing(own, {"conclusion": "好", "theory": "对"}, {"checks": {}}, {}))
    assert [cell["id"] for cell in closed["cells"]] == ["lab-conclusion", "lab-theory"]
    assert closed["metadata"] == {}


def test_outputs_are_told_as_text_and_pictures_are_counted(text):
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["loss 1\n", "loss 2\n"]},
        {"output_type": "execute_result", "data": {"text/plain": "0.5"}, "metadata": {}, "execution_count": 1},
        {"output_type": "display_data", "data": {"image/png": "AAAA", "text/plain": "<Figure>"}, "metadata": {}},
    ]
    book = cells.load(changed(text, lambda c, _: c["lab-data-1-code"].__setitem__("outputs", outputs)))
    said = dict(cells.outputs(book))
    assert said[2] == "loss 1\nloss 2\n0.5\n[图]"  # the first cell of code finds the script
    assert cells.pictures(book) == 1


def test_an_added_section_is_known_by_its_anchor_and_is_ours(note):
    with_more = note.model_copy(update={"more": tuple(MORE)})
    text = notebook.show(with_more, {"more.ab": "别的标题"})
    book = json.loads(text)
    added = [cell for cell in book["cells"] if cell["id"].startswith("lab-more-")]
    assert ["".join(cell["source"]).partition("\n")[0] for cell in added] == [
        "## 先说 <!-- field: more.first -->",
        "### 复现 `要点` <!-- field: more.复现要点 -->",
        "## 别的标题 <!-- field: more.ab -->",
        "## 最后 <!-- field: more.last -->",
    ]
    assert fingerprint(notebook.read(text)) == fingerprint(with_more) != fingerprint(note)
    for cell in book["cells"]:
        del cell["id"]
    dropped = [cell for cell in book["cells"] if cell["cell_type"] == "markdown"]
    assert [cells.name_of(cell) for cell in dropped if "more." in "".join(cell["source"])] == [m.anchor for m in MORE]


def test_an_added_section_that_lost_its_anchor_is_the_persons(note):
    text = notebook.show(note.model_copy(update={"more": (MORE[1],)})).replace(" <!-- field: more.复现要点 -->", "")
    read = notebook.read(text)
    assert (read.more, len(read.own_sections)) == ((), 1)
    assert "复现 `要点`" in read.own_sections[0].text


def test_an_added_section_that_breaks_is_named_with_its_line(note):
    text = notebook.show(note.model_copy(update={"more": (MORE[0],)})).replace("一句。", "<b>一句。")
    with pytest.raises(BrokenNote, match="raw HTML") as broken:
        notebook.read(text)
    assert "lab-more-" in text.split("\n")[broken.value.line - 1]
