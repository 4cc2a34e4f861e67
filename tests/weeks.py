"""A lab with a history: commits on given days, and the week of the recordings."""

import json
import os
import subprocess

from real_git import run_git

from agents.lab.reading_list import Row, set_status, upsert

READING_LIST = "papers/README.md"
BLIP2 = Row("BLIP-2: Bootstrapping Language-Image Pre-training", "2301.12597", 2023, "", "unread", "3")
ATTENTION = Row("Attention Is All You Need", "1706.03762", 2017, "", "reading", "1")
LLAVA = Row("Visual Instruction Tuning", "2304.08485", 2023, "", "unread", "3")
INBOX = "# 收件箱\n\n- 推了一遍 InfoNCE 的损失\n- 卡住：Q-Former 为什么要分两个阶段训练\n"

PAPER = """\
---
title: "BLIP-2: Bootstrapping Language-Image Pre-training"
kind: "paper"
arxiv: "2301.12597"
status: "reading"
---

# BLIP-2: Bootstrapping Language-Image Pre-training

## 方法

两端冻结，只训练中间的 Q-Former；第一阶段学与文字有关的视觉表示，第二阶段接上冻结的 LLM。
"""
CONCEPT = """\
---
title: "Cross-Attention"
kind: "concept"
---

# Cross-Attention

query 来自一个序列，key 与 value 来自另一个序列；输出的长度由 query 决定。
"""
NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": "# 简化版 CLIP 对比学习\n\n温度取 0.07。"},
            {"cell_type": "code", "metadata": {}, "source": "logits = image @ text.T / 0.07", "outputs": []},
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)


def commit(root, moment, message="work", **environment):
    """Commit all there is as of `2026-11-24T20:00:00+08:00`; a day alone is noon UTC."""
    moment = moment if "T" in moment else f"{moment}T12:00:00+00:00"
    dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    run_git(root, "add", "-A")
    command = ["git", "commit", "-q", "--allow-empty", "-m", message]
    subprocess.run(command, cwd=root, check=True, capture_output=True, env={**os.environ, **dates, **environment})


def write(lab, path, text):
    target = lab.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="")


def change_list(lab, change):
    path = lab.root / READING_LIST
    path.write_bytes(change(path.read_bytes()))


def week_48(lab):
    """A paper begun, one finished, a concept, an experiment, and an inbox that nobody has committed."""
    change_list(lab, lambda data: upsert(upsert(upsert(data, BLIP2), ATTENTION), LLAVA))
    write(lab, "notes/fundamentals/self-attention.md", "# Self-Attention\n\n同一个序列。\n")
    commit(lab.root, "2026-11-18")
    write(lab, "papers/blip-2.md", PAPER)
    linked = Row(BLIP2.title, BLIP2.arxiv, 2023, "blip-2.md", "reading")
    change_list(lab, lambda data: upsert(data, linked))
    commit(lab.root, "2026-11-24")
    write(lab, "notes/multimodal-arch/cross-attention.md", CONCEPT)
    commit(lab.root, "2026-11-25")
    change_list(lab, lambda data: set_status(data, "read", arxiv=ATTENTION.arxiv))
    write(lab, "experiments/notebooks/tiny-clip.ipynb", NOTEBOOK)
    commit(lab.root, "2026-11-26")
    write(lab, "weekly-log/inbox.md", INBOX)
