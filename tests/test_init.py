"""`python -m agents.init`: where a lab may stand, what is made, what is left alone, and a plan of another topic."""

import json
import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
from changes import hook, in_head, tree
from diffusion import PAPERS
from fakes.arxiv_server import Answer, ArxivServer
from fakes.claude_server import ClaudeServer, good
from markdown_it import MarkdownIt
from real_git import run_git
from record import DAY, replies

from agents import init, paper
from agents.lab.find import Lab, find, shipped
from agents.lab.reading_list import Row, rows, upsert
from agents.lab.schedule import WORKFLOW
from agents.recipes import run

TOPIC = ("--topic", "扩散模型")


@pytest.fixture
def me(monkeypatch, tmp_path_factory):
    """The person, known to git."""
    config = tmp_path_factory.mktemp("git") / "config"
    config.write_text("[user]\n\tname = Ada\n\temail = ada@example.invalid\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    return config


@pytest.fixture
def make(me, capsys, monkeypatch):
    monkeypatch.setattr(run, "today", lambda: DAY)

    def do(*arguments):
        code = init.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    return do


@pytest.fixture
def services(monkeypatch, at_arxiv):
    """Claude with the plan on diffusion models, and arXiv with its papers."""
    with ArxivServer(PAPERS) as arxiv, ClaudeServer([good(replies("init")[0])], model="claude-sonnet-5-5") as claude:
        at_arxiv(arxiv)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        yield SimpleNamespace(arxiv=arxiv, claude=claude)


def plan(change):
    """The plan of the recordings, changed."""
    made = json.loads(replies("init")[0])
    change(made)
    return good(json.dumps(made, ensure_ascii=False))


class TestWhereALabStands:
    @pytest.mark.parametrize("name", ["lab", "a lab, with spaces", "我的学习 lab", "deep/er/lab"])
    def test_a_folder_that_is_made(self, make, tmp_path, name):
        done = make(tmp_path / name)
        assert (done.code, done.out) == (0, f"{tmp_path / name}\n"), done.err
        assert run_git(tmp_path / name, "log", "--format=%an %s") == "Ada lab: a new learning lab\n"
        assert run_git(tmp_path / name, "status", "--porcelain") == ""
        assert find(None, {}, tmp_path / name / "notes").root == tmp_path / name

    def test_a_relative_one_and_the_folder_one_is_in(self, make, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert make("lab").code == 0
        (tmp_path / "here").mkdir()
        monkeypatch.chdir(tmp_path / "here")
        assert make(".").out == f"{tmp_path / 'here'}\n"

    def test_a_link_to_a_folder(self, make, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        assert make(tmp_path / "link").out == f"{tmp_path / 'real'}\n"

    @pytest.mark.parametrize(
        ("name", "code", "said"),
        [
            ("", 2, "is no folder"),
            ("file", 2, "is no folder"),
            ("file/below", 74, "Not a directory"),
            ("dangling", 2, "leads nowhere"),
            ("circle", 2, "is no folder"),
            ("nul\0", 2, "is no folder"),
            ("n" * 300, 2, "is no folder"),
            ("~nobody-of-that-name/lab", 2, "is no folder"),
            ("repo/.git/lab", 73, "is inside .git"),
            ("lab/.lab/inner", 73, "is inside .lab"),
            ("bare.git/lab", 73, "inside a git directory"),
        ],
    )
    def test_a_place_where_none_can_stand(self, make, tmp_path, monkeypatch, name, code, said):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "file").write_text("mine")
        (tmp_path / "dangling").symlink_to("nowhere")
        (tmp_path / "circle").symlink_to("circle")
        run_git(tmp_path, "init", "-q", "repo")
        run_git(tmp_path, "init", "-q", "--bare", "bare.git")
        before = tree(tmp_path)
        done = make(name)
        assert done.code == code, done.err
        assert said in done.err
        assert [line.partition(":")[0] for line in done.err.strip().split("\n")] == ["error", "hint"]
        assert tree(tmp_path) == before

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_a_folder_that_may_not_be_written_to(self, make, tmp_path):
        (tmp_path / "closed").mkdir(mode=0o500)
        assert make(tmp_path / "closed/lab").code == 74

    def test_a_file_where_a_folder_should_be(self, make, tmp_path):
        (tmp_path / "papers").write_text("mine")
        done = make(tmp_path)
        assert done.code == 73
        assert (tmp_path / "papers").read_text() == "mine"
        assert not (tmp_path / "CLAUDE.md").exists()


class TestWhoKeepsIt:
    @pytest.fixture
    def outer(self, tmp_path, me):
        """A repository of the person's, with a commit and work in the middle."""
        run_git(tmp_path, "init", "-q", "-b", "main", "outer")
        root = tmp_path / "outer"
        (root / "thesis.tex").write_text("v1")
        run_git(root, "add", ".")
        run_git(root, "commit", "-q", "-m", "mine")
        (root / "thesis.tex").write_text("v2")
        (root / "staged.txt").write_text("mine")
        run_git(root, "add", "staged.txt")
        return root

    def test_a_repository_around_it_takes_exactly_its_files(self, make, outer):
        done = make(outer / "study/lab")
        assert done.code == 0, done.err
        assert not (outer / "study/lab/.git").exists()
        named = run_git(outer, "show", "--name-only", "--format=%s", "HEAD").split("\n")
        assert named[0] == "lab: a new learning lab"
        assert all(name.startswith("study/lab/") for name in named[1:] if name)
        assert run_git(outer, "status", "--porcelain") == "A  staged.txt\n M thesis.tex\n"

    def test_there_the_workflow_is_printed_for_the_top(self, make, outer):
        done = make(outer / "study/lab")
        assert not (outer / "study/lab/.github").exists()
        assert not (outer / ".github").exists()
        assert str(outer / WORKFLOW) in done.err
        assert 'LAB_DIR: "study/lab"' in done.err
        assert "workflow_dispatch" in done.err
        assert done.out == f"{outer / 'study/lab'}\n"

    def test_other_agents_commit_there(self, make, outer, capsys):
        make(outer / "lab")
        (outer / "a.pdf").write_bytes((shipped() / "examples/tiny-clip/paper.pdf").read_bytes())
        assert paper.main([str(outer / "a.pdf"), "--engine", "draft", "--lab", str(outer / "lab")]) == 0
        assert capsys.readouterr().out.startswith("papers/")
        assert "lab/papers/README.md" in run_git(outer, "show", "--name-only", "--format=", "HEAD").split()

    @pytest.mark.parametrize("rule", ["lab/", "lab", "/lab/**"])
    def test_one_that_ignores_it_does_not(self, make, outer, rule):
        (outer / ".gitignore").write_text(f"{rule}\n")
        assert make(outer / "lab").code == 0
        assert (outer / "lab/.git").is_dir()
        assert (outer / "lab" / WORKFLOW).is_file()
        assert run_git(outer / "lab", "status", "--porcelain") == ""

    def test_its_own_repository_is_kept(self, make, outer):
        head = run_git(outer, "rev-parse", "HEAD")
        assert make(outer).code == 0
        assert run_git(outer, "rev-parse", "HEAD^") == head
        assert (outer / WORKFLOW).is_file()

    def test_without_an_identity_nothing_is_made(self, make, tmp_path, me):
        me.write_text("[user]\n\tuseConfigOnly = true\n")
        done = make(tmp_path / "lab")
        assert done.code == 78
        assert "who you are" in done.err
        assert not (tmp_path / "lab").exists()
        assert list(tmp_path.iterdir()) == []

    def test_a_lab_that_stands_needs_none(self, make, tmp_path, me):
        make(tmp_path / "lab")
        me.write_text("[user]\n\tuseConfigOnly = true\n")
        assert make(tmp_path / "lab").code == 0

    def test_an_identity_for_this_place_only_is_one(self, make, tmp_path, me):
        mine = me.with_name("mine")
        mine.write_text("[user]\n\tname = Ada at work\n\temail = work@example.invalid\n")
        me.write_text(f'[user]\n\tuseConfigOnly = true\n[includeIf "gitdir:{tmp_path}/"]\n\tpath = {mine}\n')
        assert make(tmp_path / "lab").code == 0
        assert run_git(tmp_path / "lab", "log", "--format=%an") == "Ada at work\n"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["lab"]

    def test_without_git_the_files_are_made(self, make, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", "/nowhere")
        done = make(tmp_path / "lab")
        assert done.code == 0
        assert "saved, not committed: git is not installed" in done.err
        assert (tmp_path / "lab/papers/README.md").is_file()
        assert shutil.which("git") is None

    def test_no_commit_leaves_it_to_the_person_and_a_later_run_makes_it(self, make, tmp_path):
        lab = tmp_path / "lab"
        done = make(lab, "--no-commit")
        assert done.code == 0
        assert "--no-commit was given" in done.err
        assert run_git(lab, "rev-parse", "-q", "--verify", "HEAD", check=False) == ""
        assert make(lab).code == 0
        assert run_git(lab, "status", "--porcelain") == ""
        assert run_git(lab, "rev-list", "--count", "HEAD") == "1\n"

    def test_a_hook_that_refuses_is_told_and_the_next_run_commits(self, make, tmp_path, monkeypatch):
        hooks = tmp_path / "template/hooks"
        hooks.mkdir(parents=True)
        (hooks / "pre-commit").write_text("#!/bin/sh\necho no >&2\nexit 1\n")
        (hooks / "pre-commit").chmod(0o755)
        monkeypatch.setenv("GIT_TEMPLATE_DIR", str(hooks.parent))
        done = make(tmp_path / "lab")
        assert done.code == 3
        assert "saved, but not committed: git refused: no" in done.err
        hook(Lab(tmp_path / "lab"), "pre-commit", "exit 0")
        assert make(tmp_path / "lab").code == 0
        assert run_git(tmp_path / "lab", "status", "--porcelain") == ""


class TestWhatIsLeftAlone:
    def test_a_second_time_changes_nothing(self, make, tmp_path):
        make(tmp_path / "lab")
        head, before = run_git(tmp_path / "lab", "rev-parse", "HEAD"), tree(tmp_path)
        done = make(tmp_path / "lab")
        assert (done.code, done.out) == (0, f"{tmp_path / 'lab'}\n")
        assert "already done" in done.err
        assert (run_git(tmp_path / "lab", "rev-parse", "HEAD"), tree(tmp_path)) == (head, before)

    def test_files_that_stand_stay_byte_for_byte_and_are_named(self, make, tmp_path):
        mine = {
            "README.md": "mine\r\n",
            "CLAUDE.md": "# 我的格式\n",
            "notes/fundamentals/attention.md": "# 注意力\n",
            "x/y.txt": "z",
        }
        for name, text in mine.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(text.encode())
        done = make(tmp_path, "--force")
        assert done.code == 0, done.err
        assert {name: (tmp_path / name).read_bytes().decode() for name in mine} == mine
        assert "left alone, as you have it: CLAUDE.md, README.md\n" in done.err
        assert not (tmp_path / "notes/fundamentals/.gitkeep").exists()
        assert (tmp_path / "papers/README.md").is_file()
        assert not set(mine) & set(run_git(tmp_path, "ls-files").split())

    def test_a_lab_of_its_own_topic_gets_no_second_plan(self, make, tmp_path, services):
        make(tmp_path / "lab", *TOPIC)
        before = tree(tmp_path)
        assert "already done" in make(tmp_path / "lab").err
        assert "already done" in make(tmp_path / "lab", "--topic", "具身智能").err
        assert tree(tmp_path) == before
        assert len(services.claude.requests) == 1

    def test_a_folder_that_has_the_name_of_a_file_of_ours_is_left_alone_too(self, make, tmp_path):
        (tmp_path / "README.md").mkdir()
        done = make(tmp_path)
        assert done.code == 0, done.err
        assert "left alone, as you have it: README.md\n" in done.err
        assert list((tmp_path / "README.md").iterdir()) == []

    def test_what_a_newer_version_brings_is_added(self, make, tmp_path):
        make(tmp_path / "lab")
        lab = tmp_path / "lab"
        run_git(lab, "rm", "-q", "prompts/paper.md")
        run_git(lab, "commit", "-q", "-m", "as it was")
        (lab / "README.md").write_text("# 我改过\n", encoding="utf-8")
        assert make(lab).code == 0
        assert run_git(lab, "show", "--name-only", "--format=", "HEAD").split() == ["prompts/paper.md"]
        assert run_git(lab, "status", "--porcelain") == " M README.md\n"

    def test_a_dry_run_makes_nothing_not_even_the_folder(self, make, tmp_path):
        done = make(tmp_path / "lab", "--dry-run")
        assert done.code == 0
        for name in ("CLAUDE.md", "README.md", "papers/README.md", WORKFLOW):
            assert f"+++ b/{name}\n" in done.out
        assert list(tmp_path.iterdir()) == []

    def test_an_estimate_of_the_shipped_topic_is_free(self, make, tmp_path):
        done = make(tmp_path / "lab", "--estimate")
        assert (done.code, done.out) == (0, "the shipped topic: asks no model, 0 USD\n")
        assert list(tmp_path.iterdir()) == []

    def test_quiet_says_the_folder_only(self, make, tmp_path):
        done = make(tmp_path / "lab", "-q")
        assert (done.out, done.err) == (f"{tmp_path / 'lab'}\n", "")

    def test_json(self, make, tmp_path):
        told = json.loads(make(tmp_path / "lab", "--json").out)
        assert (told["agent"], told["path"], told["status"]) == ("init", str(tmp_path / "lab"), "written")
        assert run_git(tmp_path / "lab", "rev-parse", "--short", "HEAD").strip() == told["commit"]

    def test_the_package_is_not_shadowed(self, make, tmp_path):
        make(tmp_path / "lab")
        assert not (tmp_path / "lab/agents").exists()
        command = [sys.executable, "-m", "agents", "--help"]
        done = subprocess.run(command, cwd=tmp_path / "lab", capture_output=True, text=True, check=True)
        assert "init" in done.stdout


class TestAnotherTopic:
    @pytest.mark.parametrize("topic", ["", " ", "🙂🙂", "，。", "扩" * 300])
    def test_one_that_is_none_is_refused(self, make, tmp_path, services, topic):
        done = make(tmp_path / "lab", "--topic", topic)
        assert done.code == 2
        assert list(tmp_path.glob("lab")) == []
        assert services.claude.requests == []

    @pytest.mark.parametrize("engine", ["auto", "draft", "claude"])
    def test_without_a_model_it_says_what_works_without_one(self, make, tmp_path, engine):
        done = make(tmp_path / "lab", *TOPIC, "--engine", engine)
        assert done.code == 78
        assert "ANTHROPIC_API_KEY" in done.err
        assert engine == "claude" or "without --topic" in done.err
        assert list(tmp_path.iterdir()) == []

    def test_every_paper_is_as_arxiv_has_it(self, make, tmp_path, services):
        done = make(tmp_path / "lab", *TOPIC, "--json")
        assert done.code == 0, done.err
        assert json.loads(done.out)["checks"] == {"papers": [18, 18]}
        listed = rows((tmp_path / "lab/papers/README.md").read_bytes())
        assert {row.arxiv for row in listed} == {paper.id for paper in PAPERS}
        assert run_git(tmp_path / "lab", "log", "--format=%s") == "lab: a new learning lab on 扩散模型\n"
        assert "resources/awesome-diffusion-models.md" in run_git(tmp_path / "lab", "ls-files").split()
        assert len(services.arxiv.requests) == 3  # two ids at once, then the titles by ten

    def test_an_id_of_another_paper_is_not_believed(self, make, tmp_path, services):
        def swap(made):
            made["shelves"][0]["papers"][1]["arxiv"] = "1706.03762"  # nobody's here
            made["shelves"][0]["papers"][2]["arxiv"] = "2103.00020"  # CLIP's
            made["shelves"][0]["papers"][3]["arxiv"] = "arXiv:banana"
            made["shelves"][0]["papers"][4] |= {"arxiv": "2105.05233", "year": 1999}

        services.claude.script = [plan(swap)]
        assert make(tmp_path / "lab", *TOPIC).code == 0
        found = {row.short or row.title: row for row in rows((tmp_path / "lab/papers/README.md").read_bytes())}
        assert found["DDPM"].arxiv == "2006.11239"
        assert found["Score SDE"].arxiv == "2011.13456"
        assert found["Improved DDPM"].arxiv == "2102.09672"
        assert (found["ADM"].arxiv, found["ADM"].year) == ("2105.05233", 2021)

    def test_a_paper_that_does_not_exist_is_marked_and_has_no_id(self, make, tmp_path, services):
        def invent(made):
            made["shelves"][0]["papers"][1] |= {"title": "Diffusion Is All You Dream", "arxiv": "2401.00001"}

        services.claude.script = [plan(invent)]
        done = make(tmp_path / "lab", *TOPIC)
        assert done.code == 3
        assert "⚠ not found on arXiv, so marked: Diffusion Is All You Dream\n" in done.err
        text = (tmp_path / "lab/papers/README.md").read_text(encoding="utf-8")
        assert "| ⬜ 未读 | Diffusion Is All You Dream（DDPM） | ? 未核实 | 2020 | 2 |  |" in text
        assert "2401.00001" not in "".join(path.read_text("utf-8") for path in (tmp_path / "lab").rglob("*.md"))
        assert run_git(tmp_path / "lab", "status", "--porcelain") == ""

    def test_strict_refuses_that_and_keeps_what_was_paid_for(self, make, tmp_path, services):
        del services.arxiv.papers["2006.11239"]
        done = make(tmp_path / "lab", *TOPIC, "--strict")
        assert done.code == 65
        assert "Denoising Diffusion Probabilistic Models" in done.err
        assert not (tmp_path / "lab/README.md").exists()
        assert make(tmp_path / "lab", *TOPIC).code == 3
        assert len(services.claude.requests) == 1

    def test_a_paper_that_is_found_twice_stands_once(self, make, tmp_path, services):
        def twin(made):
            twin = made["shelves"][0]["papers"][1] | {"title": "DPM-Solver", "arxiv": "2206.00927"}
            made["shelves"][3]["papers"].append(twin)

        services.claude.script = [plan(twin)]
        assert make(tmp_path / "lab", *TOPIC).code == 0
        listed = rows((tmp_path / "lab/papers/README.md").read_bytes())
        assert len({row.arxiv for row in listed}) == len(listed) == 18

    @pytest.mark.parametrize("answer", [Answer(503), Answer(403), Answer.html()])
    def test_while_arxiv_is_down_all_is_marked_and_the_lab_is_made(self, make, tmp_path, services, answer):
        services.arxiv.always("/api", answer)
        done = make(tmp_path / "lab", *TOPIC, "--json")
        assert done.code == 3
        told = json.loads(done.out)
        assert (told["status"], told["checks"]) == ("incomplete", {"papers": [0, 18]})
        assert "18 papers stay unverified" in done.err
        assert (tmp_path / "lab/papers/README.md").read_text("utf-8").count("| ? 未核实 |") == 18
        assert answer.status != 403 or len(services.arxiv.requests) == 1

    def test_they_can_be_looked_up_later_for_nothing(self, make, tmp_path, services):
        services.arxiv.next("/api", Answer(403))
        make(tmp_path / "lab", *TOPIC)
        (tmp_path / "lab/papers/README.md").unlink()
        done = make(tmp_path / "lab", *TOPIC)
        assert done.code == 0, done.err
        assert "nothing was paid" in done.err
        assert "未核实" not in (tmp_path / "lab/papers/README.md").read_text("utf-8")
        assert len(services.claude.requests) == 1
        assert in_head(lambda *arguments: run_git(tmp_path / "lab", *arguments)) == ["papers/README.md"]

    def test_links_of_claudes_are_marked_and_odd_ones_left_out(self, make, tmp_path, services):
        def odd(made):
            made["resources"][0]["url"] = "javascript:alert(1)"
            made["resources"][1]["url"] = "https://me:pw@example.com/"
            made["resources"][2]["url"] = "http://example.com/"

        services.claude.script = [plan(odd)]
        done = make(tmp_path / "lab", *TOPIC)
        assert done.code == 3
        assert len(services.claude.requests) == 3  # twice sent back
        text = (tmp_path / "lab/resources/awesome-diffusion-models.md").read_text("utf-8")
        for piece in ("javascript", "me:pw", "http://"):
            assert piece not in text
        listed = [line for line in text.split("\n") if line.startswith("- ")]
        assert len(listed) == 8
        assert all(line.endswith("（? 未核实）") for line in listed)
        assert len(re.findall(r"\]\(https://", text)) == 4

    def test_a_plan_that_stays_broken_makes_no_lab_and_is_kept(self, make, tmp_path, services):
        services.claude.script = [plan(lambda made: made["stages"].pop())]
        done = make(tmp_path / "lab", *TOPIC)
        assert done.code == 65
        assert "exactly 5" in done.err
        assert not (tmp_path / "lab/README.md").exists()
        assert list((tmp_path / "lab/.lab/replies").glob("*.rejected.json"))

    def test_a_dry_run_keeps_the_reply_and_no_more(self, make, tmp_path, services):
        done = make(tmp_path / "lab", *TOPIC, "--dry-run")
        assert done.code == 0
        assert "+++ b/papers/README.md\n" in done.out
        assert [path.name for path in (tmp_path / "lab").iterdir()] == [".lab"]
        assert make(tmp_path / "lab", *TOPIC).code == 0
        assert len(services.claude.requests) == 1

    def test_an_estimate_asks_nothing_and_makes_nothing(self, make, tmp_path, services):
        done = make(tmp_path / "lab", *TOPIC, "--estimate")
        assert done.code == 0
        assert "USD" in done.out
        assert services.claude.requests == []
        assert list(tmp_path.glob("lab")) == []

    def test_its_markdown_is_inert(self, make, tmp_path, services):
        def hostile(made):
            made["title"] = "Lab](https://evil.example) #1"
            made["stages"][0]["name"] = "基础 | <b>粗</b>"
            made["shelves"][0]["topic"] = "*题* | <!-- -->"

        services.claude.script = [plan(hostile)]
        assert make(tmp_path / "lab", *TOPIC).code == 0
        text = (tmp_path / "lab/README.md").read_text("utf-8")
        assert text.startswith("# Lab\\](`https://evil.example`) #1\n")
        shown = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text)
        inline = [child for token in shown for child in token.children or ()]
        assert "html_inline" not in {child.type for child in inline}
        hrefs = [child.attrs["href"] for child in inline if child.type == "link_open"]
        assert not any("evil" in href for href in hrefs)
        assert "阶段一：基础 | <b>粗</b>" in [
            token.content.replace("\\", "") for token in shown if token.type == "inline"
        ]
        assert rows((tmp_path / "lab/papers/README.md").read_bytes())[0].arxiv == "1907.05600"


def test_a_reading_list_takes_the_id_once_the_paper_was_read(make, tmp_path, services):
    del services.arxiv.papers["2006.11239"]
    make(tmp_path / "lab", *TOPIC)
    before = (tmp_path / "lab/papers/README.md").read_bytes()
    row = Row("Denoising Diffusion Probabilistic Models", "2006.11239", 2020, "ddpm.md", "reading")
    [changed] = [line for line in upsert(before, row).decode().split("\n") if "2006.11239" in line]
    assert changed == (
        "| 📖 在读 | Denoising Diffusion Probabilistic Models（DDPM） | "
        "[2006.11239](https://arxiv.org/abs/2006.11239) | 2020 | 2 | [笔记](ddpm.md) |"
    )
