"""The README.md of a new lab; pure. Agents change its progress block later, and not one other byte."""

import re
from datetime import date

from agents.lab import roadmap
from agents.lab.progress import block
from agents.lab.reading_list import UNVERIFIED
from agents.lab.shelves import linked, mark
from agents.lab.starter import Starter, short
from agents.note.plan import Paper
from agents.note.table import cell, show
from agents.note.text import escape

_COURSES = 4  # of those in the list of resources, shown here too
_TREE = """\
```
.
├── CLAUDE.md                # AI 协作指南：笔记的格式约定，每次调用都作为系统上下文发送
├── README.md                # 项目总览与学习路线图（本文件）
├── prompts/                 # 每个 agent 的提示词，可以改
├── notes/                   # 学习笔记
│   ├── fundamentals/        # 基础概念（Transformer、Attention、LLM 基础）
│   ├── vision-language/     # 视觉-语言模型（CLIP、BLIP、LLaVA 等）
│   ├── multimodal-arch/     # 多模态架构设计（融合策略、对齐方法）
│   ├── training/            # 训练技术（预训练、指令微调、RLHF）
│   ├── applications/        # 应用场景（VQA、图像描述、多模态 Agent）
│   └── reviews/             # 阶段性复习（知识关系图、薄弱环节、自测题）
├── papers/                  # 论文阅读笔记
│   ├── README.md            # 论文阅读清单与进度追踪
│   └── <paper-name>.md      # 单篇论文笔记
├── experiments/             # 代码实验
│   ├── notebooks/           # Jupyter notebooks
│   └── scripts/             # 可复用脚本
├── resources/               # 学习资源汇总
│   └── {awesome} # 资源链接集合
└── weekly-log/              # 周记 / 学习日志
    ├── inbox.md             # 平时随手记的要点，写周记时取用
    └── YYYY-WXX.md          # 按周归档
```"""
_TIPS = """\
1. **不用每次提醒格式**：`CLAUDE.md` 会作为系统上下文完整发给 Claude。想换格式就改它；如果是自己在对话里用 `prompts/`，开头请 Claude 先读 `CLAUDE.md`。
2. **论文先自己粗读一遍**：把疑问和要点随手记进一个文本文件，再运行 `lab paper 2301.12597 --my-notes rough.md`，Claude 会接着你的想法整理，效果更好。
3. **每周五花 10 分钟列要点**：一行一条写进 `weekly-log/inbox.md`，再运行 `lab weekly` 生成完整的周记。
4. **定期运行 `lab review`**：画出知识关系图，找出薄弱环节，再做几道自测题，避免学成碎片。
5. **粘贴前替换变量**：`prompts/` 里的 `{{变量}}` 平时由程序填写；直接粘进对话时，把它们换成你自己的信息。

`lab paper …` 与 `python -m agents.paper …` 是同一回事；还有 `lab concept`、`lab experiment`，全部命令见 `lab --help`。"""


def text(starter: Starter, today: date) -> str:
    """The whole file, as it is on the day that the lab is made."""
    plan = starter.plan
    rows = [starter.row(paper) for paper in plan.papers]
    sections = {
        "项目简介": _introduction(plan.intro),
        "学习路线图": roadmap.outline(plan),
        "学习路线流程图": roadmap.chart(plan),
        "仓库结构": _tree(starter),
        "推荐学习资源": _resources(starter),
        "当前进度": block(roadmap.names(plan), rows),
        "更新日志": f"- {today}：初始化仓库，创建学习路线图与基础结构",
        "使用技巧": _TIPS,
    }
    head = f"# {escape(plan.title)}\n\n> {_spaced(f'一个系统学习{escape(plan.subject)}的个人知识库')}\n"
    return head + "".join(f"\n## {heading}\n\n{body}\n" for heading, body in sections.items())


def _introduction(intro: str) -> str:
    return f"""\
{intro}

内容包括：

- **学习笔记**：对关键概念的结构化梳理，兼顾直觉理解与技术细节
- **论文阅读**：经典与前沿论文的精读笔记，附带个人评价与横向对比
- **代码实验**：基于 PyTorch 的动手实验，加深对模型架构和训练流程的理解
- **资源汇总**：课程、开源项目、博客、基准测试等优质资源的整理"""


def _tree(starter: Starter) -> str:
    """The folders; what they hold is told by examples from the shipped topic only there."""
    tree = _TREE.format(awesome=starter.awesome.partition("/")[2].ljust(20))
    return tree if starter.is_shipped else re.sub(r"(│   [├└]── [a-z-]+/ .*)（[^）]*）", r"\1", tree)


def _resources(starter: Starter) -> str:
    courses = [one for one in starter.plan.resources if one.kind == "course"][:_COURSES]
    shown = [[linked(one), escape(one.by), cell(one.note) + mark(starter, one)] for one in courses]
    must = [[_paper(starter, paper), str(paper.year), cell(paper.must_read)] for paper in _must_read(starter)]
    return (
        f"### 经典课程\n\n{show(['课程', '机构', '说明'], shown)}\n\n"
        f"### 必读论文\n\n{show(['论文', '年份', '意义'], must)}\n\n"
        "> 完整论文清单请查看 [papers/README.md](papers/README.md)，"
        f"更多学习资源请查看 [{starter.awesome}]({starter.awesome})。"
    )


def _must_read(starter: Starter) -> list[Paper]:
    return sorted((paper for paper in starter.plan.papers if paper.must_read), key=lambda paper: paper.year)


def _paper(starter: Starter, paper: Paper) -> str:
    title = escape(paper.title)
    linked = f"[{title}](https://arxiv.org/abs/{paper.arxiv})" if paper.arxiv else title
    named = f"（{escape(short(paper))}）" if short(paper) else ""
    return linked + named + (f"（{UNVERIFIED}）" if paper.title in starter.doubted else "")


def _spaced(line: str) -> str:
    """A space between Chinese and Latin script."""
    return re.sub(r"(?<=[一-鿿])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[一-鿿])", " ", line)
