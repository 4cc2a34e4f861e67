"""What a new lab holds: the shipped plan, the files made of it, and that the project's own are the same."""

import re
from datetime import date
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from agents.lab import readme, roadmap, shelves, starter
from agents.lab.progress import BEGIN, END, refreshed
from agents.lab.reading_list import UNSORTED, rows
from agents.lab.starter import Starter
from agents.note.plan import KINDS, PlanReply, in_order, incomplete, safe_link
from agents.source import ids

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 11, 27)
SECTIONS = [
    "项目简介",
    "学习路线图",
    "学习路线流程图",
    "仓库结构",
    "推荐学习资源",
    "当前进度",
    "更新日志",
    "使用技巧",
]


@pytest.fixture(scope="module")
def shipped():
    return starter.shipped()


@pytest.fixture(scope="module")
def text(shipped):
    return readme.text(shipped, DAY)


def headings(markdown, level):
    tokens = MarkdownIt().parse(markdown)
    return [tokens[n + 1].content for n, token in enumerate(tokens) if token.tag == f"h{level}" and token.nesting == 1]


def fences(markdown):
    return [(token.info, token.content) for token in MarkdownIt().parse(markdown) if token.type == "fence"]


def test_the_shipped_plan_meets_every_demand_but_that_for_https(shipped):
    left = [problem.text for problem in incomplete(shipped.plan)]
    assert len(left) == 3
    assert all("'http://" in problem for problem in left)


def test_every_shipped_id_and_address_is_one(shipped):
    papers = [paper for paper in shipped.plan.papers if paper.arxiv]
    assert len(shipped.plan.papers) == 58
    assert len(papers) == 54
    assert [ids.parse(paper.arxiv).id for paper in papers] == [paper.arxiv for paper in papers]
    assert all(safe_link(resource.url) for resource in shipped.plan.resources)
    assert {resource.kind for resource in shipped.plan.resources} == set(KINDS)


def test_the_readme_has_its_sections_in_order(text):
    assert headings(text, 2) == SECTIONS
    assert headings(text, 1) == ["LLM Learning Lab"]
    assert text.index("> 一个系统学习多模态大语言模型（Multimodal LLM）的个人知识库") < text.index("## 项目简介")


def test_the_roadmap_has_five_stages_and_what_they_divide_into(text):
    assert headings(text, 3)[:5] == [
        "阶段一：Transformer 与 LLM 基础",
        "阶段二：视觉编码器（ViT、CLIP）",
        "阶段三：多模态对齐与融合",
        "阶段四：训练方法",
        "阶段五：前沿主题",
    ]
    assert "- 多模态架构设计范式：\n  - 基于投影层（Linear Projection）：LLaVA\n" in text
    assert "- 模型评估与基准测试（MMBench、MMMU、MathVista）\n" in text


def test_the_chart_goes_from_the_basics_over_both_roads_to_the_frontier(text):
    [(_, chart)] = [fence for fence in fences(text) if fence[0] == "mermaid"]
    lines = [line.strip() for line in chart.split("\n")]
    assert lines[:6] == [
        "graph TD",
        'A["阶段一：Transformer 与 LLM 基础"] --> B["阶段二：视觉编码器"]',
        'A --> C["阶段四：训练方法"]',
        'B --> D["阶段三：多模态对齐与融合"]',
        "C --> D",
        'D --> E["阶段五：前沿主题"]',
    ]
    assert [line for line in lines if re.match(r"[A-E]\d", line)] == [
        'A1["Self-Attention"] --> A',
        'A2["Transformer 架构"] --> A',
        'A3["GPT / LLaMA"] --> A',
        'B1["ViT"] --> B',
        'B2["CLIP / SigLIP"] --> B',
        'D1["BLIP-2"] --> D',
        'D2["LLaVA"] --> D',
        'D3["Qwen-VL / InternVL"] --> D',
        'C1["预训练"] --> C',
        'C2["SFT"] --> C',
        'C3["RLHF / DPO"] --> C',
        'E1["多模态 Agent"] --> E',
        'E2["视频理解"] --> E',
        'E3["统一架构"] --> E',
    ]
    assert lines[-6:-1] == [
        "style A fill:#4A90D9,stroke:#333,color:#fff",
        "style B fill:#7B68EE,stroke:#333,color:#fff",
        "style C fill:#E67E22,stroke:#333,color:#fff",
        "style D fill:#27AE60,stroke:#333,color:#fff",
        "style E fill:#E74C3C,stroke:#333,color:#fff",
    ]


def test_a_label_cannot_break_the_chart(shipped):
    stage = shipped.plan.stages[0].model_copy(update={"label": 'a"] --> end', "topics": ('"]; click A', "b")})
    plan = shipped.plan.model_copy(update={"stages": (stage, *shipped.plan.stages[1:])})
    chart = roadmap.chart(plan)
    assert 'A["阶段一：a#quot;] --#gt; end"] --> B' in chart
    assert 'A1["#quot;]; click A"] --> A' in chart


def test_the_readme_names_courses_and_the_papers_that_everybody_should_read(text):
    assert "| [CS231n: Deep Learning for Computer Vision](http://cs231n.stanford.edu/) | Stanford |" in text
    assert "](https://arxiv.org/abs/2010.11929)（ViT） | 2020 | 视觉 Transformer 开创 |" in text
    must = text[text.index("### 必读论文") : text.index("> 完整论文清单")]
    assert [line.split(" | ")[1] for line in must.split("\n") if "abs/" in line] == [
        "2017",
        "2020",
        "2021",
        "2023",
        "2023",
        "2023",
    ]
    tables = MarkdownIt().enable("table").render(must)
    assert tables.count("<tr>") == 7


def test_progress_and_the_first_line_of_the_log(text, shipped):
    assert f"{BEGIN}\n- [ ] 阶段一：Transformer 与 LLM 基础（✅ 0 / 📖 0 / 共 15 篇）\n" in text
    assert "## 更新日志\n\n- 2026-11-27：初始化仓库，创建学习路线图与基础结构\n" in text
    listed = rows(shelves.papers(shipped).encode())
    assert refreshed(text.encode(), listed) == text.encode()


def test_the_tips_name_what_there_is(text):
    tips = text[text.index("## 使用技巧") :]
    for told in ("--my-notes", "weekly-log/inbox.md", "10 分钟", "lab weekly", "lab review", "CLAUDE.md", "{{变量}}"):
        assert told in tips, told
    assert len(re.findall(r"(?m)^\d\. \*\*", tips)) == 5


def test_the_reading_list_holds_every_paper_unread_with_its_stage(shipped):
    text = shelves.papers(shipped)
    assert headings(text, 2) == ["基础模型", "视觉编码器", "多模态模型", "训练方法", "前沿主题", UNSORTED]
    listed = rows(text.encode())
    assert [(row.title, row.arxiv, row.year) for row in listed] == [
        (paper.title, paper.arxiv, paper.year) for paper in shipped.plan.papers
    ]
    assert {row.status for row in listed} == {"unread"}
    assert {row.stage for row in listed} == set("12345")
    assert "| ⬜ 未读 | Language Models are Unsupervised Multitask Learners（GPT-2） | — | 2019 | 1 |  |" in text
    assert "| ⬜ 未读 | The Llama 3 Herd of Models | [2407.21783]" in text


def test_the_list_of_resources_has_four_kinds_and_every_link(shipped):
    text = shelves.awesome(shipped)
    assert headings(text, 2) == ["课程", "开源项目", "博客与文章", "基准与排行榜"]
    assert all(f"]({resource.url})" in text for resource in shipped.plan.resources)
    assert "未核实" not in text


def test_a_plan_of_another_topic_shows_its_doubts_and_no_examples_of_ours():
    plan = PlanReply.model_validate_json((ROOT / "tests/data/replies/init.json").read_bytes())
    begun = Starter(plan, frozenset({plan.papers[0].title, plan.resources[0].url}))
    text, listed, awesome = readme.text(begun, DAY), shelves.papers(begun), shelves.awesome(begun)
    assert begun.awesome == "resources/awesome-diffusion-models.md"
    assert "fundamentals/        # 基础概念\n" in text
    assert "Distribution（NCSN）（? 未核实）" in text
    assert (
        "| Generative Modeling by Estimating Gradients of the Data Distribution（NCSN） | ? 未核实 | 2019 |" in listed
    )
    assert "`? 未核实`：" in listed
    assert awesome.count("（? 未核实）") == 2  # and one without an address
    assert headings(text, 2) == SECTIONS


def test_a_topic_without_an_english_name_keeps_its_own_script(shipped):
    plan = shipped.plan.model_copy(update={"english_name": "", "subject": "具身智能（导论）"})
    assert Starter(plan).awesome == "resources/awesome-具身智能-导论.md"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://example.com/a",
        "https://user:pw@example.com/",
        "https://example.com/a b",
        "//example.com",
        "https://localhost/x",
        "https://[::1",
        "https://例子.com/",
        "https://example.com/" + "a" * 300,
        "",
    ],
)
def test_what_nobody_should_be_sent_to_is_no_link(url):
    assert safe_link(url) == ""


def test_brackets_in_an_address_do_not_end_the_link(shipped):
    one = shipped.plan.resources[0].model_copy(update={"url": "https://example.com/a_(b)[c](d"})
    assert shelves.linked(one).endswith("](https://example.com/a_%28b%29[c]%28d)")
    tokens = MarkdownIt().parseInline(shelves.linked(one))[0].children
    assert [token.attrs["href"] for token in tokens if token.type == "link_open"] == [
        "https://example.com/a_%28b%29%5Bc%5D%28d"
    ]


def test_an_order_that_runs_in_a_circle_has_no_end(shipped):
    edges = shipped.plan.dependencies
    assert in_order(edges) == [1, 2, 4, 3, 5]
    circle = edges[0].model_copy(update={"before": 5, "after": 1})
    assert in_order([*edges, circle]) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stages": ()}, "exactly 5"),
        ({"dependencies": ()}, "join every stage"),
        ({"shelves": ()}, "name 10 to 60 papers"),
        ({"resources": ()}, "at least one course"),
    ],
)
def test_a_plan_that_lacks_something_is_sent_back(shipped, change, said):
    found = incomplete(shipped.plan.model_copy(update=change))
    assert any(said in problem.text and problem.fatal for problem in found)


def test_a_paper_that_stands_twice_is_sent_back(shipped):
    plan = shipped.plan
    twin = plan.shelves[0].papers[0].model_copy(update={"title": "ATTENTION is all you need."})
    shelf = plan.shelves[1].model_copy(update={"papers": (twin,)})
    found = incomplete(plan.model_copy(update={"shelves": (plan.shelves[0], shelf, *plan.shelves[2:])}))
    assert any("stands there twice" in problem.text for problem in found)


def _as_new(markdown):
    """A list or a README without what its owner and the agents change: statuses, notes, progress, the log."""
    text = re.sub(r"(?m)^\| (?:⬜ 未读|📖 在读|✅ 已读) (\|.*\|) [^|]*\|$", r"| ⬜ 未读 \1  |", markdown)
    text = re.sub(r"(?m)^- \[[ x]\] (.*)（[^（]*）$", r"- \1", text)
    return re.sub(r"(?s)(## 更新日志\n\n).*?\n\n## ", r"\1## ", text)


@pytest.mark.parametrize("path", ["papers/README.md", "resources/awesome-mllm.md"])
def test_the_projects_own_lists_are_made_by_these_templates(shipped, path):
    made = {"papers/README.md": shelves.papers(shipped), shipped.awesome: shelves.awesome(shipped)}[path]
    ours = (ROOT / path).read_text(encoding="utf-8")
    own, _, unsorted = ours.partition(f"## {UNSORTED}\n")
    assert _as_new(own) == _as_new(made.partition(f"## {UNSORTED}\n")[0])
    assert unsorted.startswith(made.partition(f"## {UNSORTED}\n")[2])


def test_the_lab_part_of_the_projects_readme_is_made_by_this_template(text):
    ours = (ROOT / "README.md").read_text(encoding="utf-8")
    start = f"## {SECTIONS[0]}\n"
    assert ours.count(start) == 1
    assert ours.count(BEGIN) == ours.count(END) == 1
    assert _as_new(ours[ours.index(start) :]) == _as_new(text[text.index(start) :])
    assert re.search(r"## 更新日志\n\n- \d{4}-\d\d-\d\d：初始化仓库", ours)
