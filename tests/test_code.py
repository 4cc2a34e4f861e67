"""What a program of a notebook may do, as far as its text tells: mistakes and plain mischief are named, honest code is not."""

import json

import pytest
from record import REPLIES

from agents.note.experiment import ExperimentReply, cells_of
from agents.trust import code

ALLOWED = {"torch", "numpy", "matplotlib", "lab_script"}


def faults(text, allowed=ALLOWED):
    return " | ".join(code.faults(text, allowed))


@pytest.mark.parametrize(
    "text",
    [
        "# 平均\nimport torch\nx = torch.ones(2).mean()",
        "# 注释\nfrom torch.nn import functional as F\nfrom torch import nn",
        "import math  # 标准库\nimport random, itertools, time, json, os, sys, pathlib",
        "# 相对路径\nwith open('log.txt') as f:\n    f.read()",
        "# 保存图\nplt.savefig('figures/a.png')\ntorch.save(model, 'model.pt')",
        "# 文字里的斜杠\nprint('/s', '~5', 'a/../b')\nax.set_title('loss / step')",
        "# 评估模式\nmodel.eval()\nre.compile('x')\ntorch.compile(model)",
        "# 环境变量\nimport os\nos.environ['OMP_NUM_THREADS'] = '1'\nos.path.join('a', 'b')",
        "# 自己的脚本\nfrom lab_script import info_nce",
        "# 取余可以换行\nx = (5\n% 3)",
        "# 转义\ns = '\\d'",
    ],
)
def test_honest_code_is_not_accused(text):
    assert faults(text) == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# x\ndef f(:", "does not compile: line 2"),
        ("# x\n!pip install torch", "no shell escapes, no magics"),
        ("%matplotlib inline\nx = 1", "no shell escapes, no magics"),
        ("# x\nawait f()", "'await' outside function"),
        ("# x\nreturn 1", "'return' outside function"),
        ("x = '\0'  # x", "does not compile"),
        ("# x\n" + "(" * 5000 + ")" * 5000, "does not compile"),
        ("x = 1", "no # comment"),
        ("# x\nimport transformers", "imports transformers, which `environment` does not declare"),
        ("# x\ndef f():\n    import subprocess", "line 3: imports subprocess"),
        ("# x\nfrom urllib.request import urlopen", "imports urllib"),
        ("# x\nimport socket, http.client", "imports http"),
        ("# x\nimport ctypes", "imports ctypes"),
        ("# x\nfrom multiprocessing import Pool", "imports multiprocessing"),
        ("# x\nimport _posixsubprocess", "imports _posixsubprocess"),
        ("# x\nfrom . import helpers", "a relative import"),
        ("# x\n__import__('os')", "uses __import__"),
        ("# x\nimport importlib", "imports importlib"),
        ("# x\nimport os\nos.system('ls')", "uses os.system"),
        ("# x\nimport os as o\no.popen('ls')", "uses os.popen"),
        ("# x\nfrom os import execv", "uses os.execv"),
        ("# x\neval('1')", "uses eval"),
        ("# x\nf = exec", "uses exec"),
        ("# x\nget_ipython().system('ls')", "uses get_ipython"),
        ("# x\nname = input()", "uses input"),
        ("# x\nopen('/etc/passwd')", "leads out of the notebook's folder"),
        ("# x\nopen('../../CLAUDE.md')", "leads out"),
        ("# x\nfrom pathlib import Path\nPath('~/.ssh')", "leads out"),
        ("# x\nopen(r'C:\\Users\\x')", "leads out"),
        ("# x\nopen(f'/tmp/{name}')", "leads out"),
        ("# x\ntorch.load(f='/model.pt')", "leads out"),
        ("# x\nfrom pathlib import Path\nPath.home()", "home folder"),
        ("# x\nimport os\nos.path.expanduser('x')", "uses expanduser"),
        ("# x\nload('https://example.com/a')", "names an address"),
        ("# x\ntorch.hub.load('a', 'b')", "uses hub"),
        ("# x\nModel.from_pretrained('bert')", "uses from_pretrained"),
        ("# x\nfrom torch import hub", "uses hub"),
    ],
)
def test_mistakes_and_plain_mischief_are_named(text, says):
    assert says in faults(text)


def test_what_a_notebook_needs_first_is_told_from_what_it_may_do_without():
    texts = [
        "import torch\nimport math",
        "try:\n    import scipy\nexcept ImportError:\n    pass",
        "from numpy import ones",
    ]
    assert code.needed(texts) == {"torch", "numpy"}
    assert code.needed(["def f(:"]) == set()


def test_figure_seed_and_imports_are_found_where_they_are():
    assert code.draws(["import x", "ax.imshow(m)"])
    assert not code.draws(["plt.figure()", "optimizer.step()", "plot(x)"])
    assert code.is_seeded(["torch.manual_seed(0)"])
    assert not code.is_seeded(["# torch.manual_seed(0)"])
    assert code.imports(["def f():\n    import torch.nn"], "torch")
    assert not code.imports(["# import torch"], "torch")


def test_the_shipped_reply_is_clean():
    text = (REPLIES / "experiment.json").read_text(encoding="utf-8")
    reply = ExperimentReply.model_validate(json.loads(text))
    allowed = {package.name for package in reply.environment} | {"lab_script"}
    for step in cells_of(reply).values():
        assert code.faults(step.code, allowed) == []
    assert code.faults(reply.script, allowed) == []
