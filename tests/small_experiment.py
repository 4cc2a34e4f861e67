"""A small experiment for the tests: it runs in two seconds, and without torch where there is none."""

import copy
import json

import pytest

from agents.errors import ConfigError
from agents.lab import sandbox

TOPIC = "随机游走的对比"
PATH = "experiments/notebooks/random-walk.ipynb"
SCRIPT = "experiments/scripts/random_walk.py"
CLOSING = {"conclusion": "均值是 2.5，符合目标。", "theory": "与理论一致：期望就是 2.5。"}
# The demand on torch and on a figure is one on the text of the code: what runs here is the standard library.
_DATA = """# 固定种子；这里只用到标准库
try:
    import torch
except ImportError:
    torch = None
if torch:
    torch.manual_seed(0)
xs = [1, 2, 3, 4]
print("samples:", len(xs))"""
_DRAW = """# 画图的函数
def draw():
    import matplotlib.pyplot as plt

    plt.plot(xs)"""
_REPLY = {
    "title": "随机游走",
    "english_name": "random walk",
    "tags": ["random-walk", "baseline"],
    "aliases": [],
    "goal": "验证均值。",
    "expected": "均值在中间。",
    "environment": [{"name": "torch", "reason": "种子"}, {"name": "matplotlib", "reason": "画图"}],
    "data": [{"intent": "准备数据。", "code": _DATA}],
    "architecture": [
        {"intent": "定义均值。", "code": "# 均值\ndef mean(values):\n    return sum(values) / len(values)"}
    ],
    "training": [{"intent": "计算。", "code": '# 计算并打印\nprint("mean:", mean(xs))'}],
    "figures": [{"intent": "画图。", "code": _DRAW}],
    "script": "",
}


def reply(**changes):
    """The reply; `training="…"` is another code for that cell."""
    made = copy.deepcopy(_REPLY)
    for name, value in changes.items():
        if isinstance(made[name], list) and isinstance(value, str):
            made[name][0]["code"] = value
        else:
            made[name] = value
    return made


def said(*answers):
    """Answers of Claude as its server gives them."""
    return [json.dumps(answer, ensure_ascii=False) for answer in answers]


def _obstacle():
    try:
        sandbox.require(sandboxed=True)
    except ConfigError as error:
        return error.what
    return ""


needs_sandbox = pytest.mark.skipif(bool(_obstacle()), reason=_obstacle() or "there is a sandbox")
