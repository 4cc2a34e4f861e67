"""The house rules that a machine can hold: one door per dependency, pure rooms, one list of headings, documents that fit."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agents.__main__ import AGENTS
from agents.note.kinds import KINDS
from agents.note.note import REMARKS
from agents.note.section import places
from agents.note.template import headings, template

ROOT = Path(__file__).resolve().parents[1]
DOORS = {
    "anthropic": "agents/model/claude.py",
    "arxiv": "agents/source/arxiv.py",
    "lxml": "agents/source/html_tree.py",
    "opencc": "agents/trust/language.py",
    "pykatex": "agents/trust/katex.py",
    "pymupdf": "agents/source/pdf.py",
    "quickjs": "agents/trust/mermaid.py",
    "requests": "agents/source/fetch.py",
    "git": "agents/lab/git.py",
    "tenacity": None,  # two policies, one for each service
    "yaml": "agents/note/frontmatter.py",
}
ARROWS = {
    "note": set(),
    "trust": {"note", "source.document"},
    "source": {"note"},
    "model": {"note", "source.document"},
    "lab": {"note"},
}
MODULES = sorted((ROOT / "agents").rglob("*.py"))


def imports(path):
    """(module, line, at module top?) of every import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module, node.lineno, id(node) in top


@pytest.mark.parametrize("package", [name for name, door in DOORS.items() if door])
def test_each_dependency_has_one_door(package):
    users = {
        str(path.relative_to(ROOT))
        for path in MODULES
        for name, _, _ in imports(path)
        if name.partition(".")[0] == package
    }
    assert users == {DOORS[package]}


def test_heavy_imports_wait_inside_functions():
    heavy = {"anthropic", "arxiv", "opencc", "pykatex", "pymupdf", "quickjs", "requests", "git", "nbformat"}
    early = [
        f"{path.name}:{line}"
        for path in MODULES
        for name, line, top in imports(path)
        if top and name.partition(".")[0] in heavy
    ]
    assert early == []


@pytest.mark.parametrize("room", ARROWS)
def test_arrows_between_rooms_run_one_way(room):
    allowed = ARROWS[room] | {room, "errors", "disk"}
    for path in (ROOT / "agents" / room).rglob("*.py"):
        for name, line, _ in imports(path):
            if name == "agents":  # `from agents import disk`
                assert room not in {"note", "trust"}, f"{path.name}:{line}"
            if name.startswith("agents."):
                target = name.removeprefix("agents.")
                assert any(target == other or target.startswith(f"{other}.") for other in allowed), (
                    f"{path.name}:{line} imports {name}"
                )


@pytest.mark.parametrize("room", ["note", "trust"])
def test_pure_rooms_do_no_io(room):
    impure = {"os", "pathlib", "subprocess", "socket", "shutil", "tempfile", "time", "io", "urllib"}
    for path in (ROOT / "agents" / room).rglob("*.py"):
        used = {name.partition(".")[0] for name, _, _ in imports(path) if name != "urllib.parse"}
        assert not used & impure, path.name
        assert "open(" not in path.read_text(encoding="utf-8"), path.name


def test_one_place_catches_everything():
    broad = [
        f"{path.name}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and getattr(node.type, "id", "bare" if node.type is None else "") in {"Exception", "BaseException", "bare"}
        and not isinstance(node.body[-1], ast.Raise)  # cleaning up on the way out is not catching
    ]
    assert len(broad) == 1 and broad[0].startswith("cli.py")


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_claude_md_and_the_models_name_the_same_sections(kind):
    text = (ROOT / "CLAUDE.md").read_text(encoding="utf-8")
    ours = {place.anchor: place.section.heading for place in places(KINDS[kind])} | {"remarks": REMARKS.heading}
    assert headings(text, kind) == ours
    found = re.findall(r"^(#+) .*<!-- field: ([\w.]+) -->\n\n(\S.+)", template(text, kind), re.MULTILINE)
    assert [(len(marks), anchor) for marks, anchor, _ in found] == [
        (place.level, place.anchor) for place in places(KINDS[kind])
    ] + [(2, "remarks")]


@pytest.mark.parametrize("readme", ["README.md", "README.en.md"])
def test_the_readme_shows_every_agent_and_every_top_folder(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    for agent in AGENTS:
        assert f"python -m agents.{agent}" in text
    for name in (
        "make demo",
        "make test",
        "agents/",
        "prompts/",
        "notes/",
        "papers/",
        "experiments/",
        "weekly-log/",
        "resources/",
        "examples/",
        "tests/",
        "AGPL",
    ):
        assert name in text, name


def test_no_file_names_a_registry_host_and_uv_lock_is_not_kept():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    assert "uv.lock" not in tracked
    hosts = re.compile("|".join(("python" + "hosted", "py" + r"pi\.org", "npm" + r"js\.org", r"deb\." + "debian")))
    for name in tracked:
        path = ROOT / name
        if (
            path.suffix in {".txt", ".toml", ".md", ".py", ".yml", ".yaml", ""}
            and path.is_file()
            and "cassettes" not in name
        ):
            assert not hosts.search(path.read_text(encoding="utf-8", errors="replace")), name


@pytest.mark.parametrize("module", ["agents", *(f"agents.{agent}" for agent in AGENTS)])
def test_help_works_from_any_folder_and_loads_nothing_heavy(module, tmp_path):
    code = f"import runpy, sys; sys.argv = ['x', '--help']\ntry: runpy.run_module({module!r}, run_name='__main__')\nexcept SystemExit as e: assert not e.code, e.code\nprint(sorted({{'anthropic', 'arxiv', 'pymupdf', 'requests', 'git', 'numpy'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "usage:" in done.stdout
    assert done.stdout.strip().endswith("[]")
