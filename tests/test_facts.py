"""What happened in a week: from real repositories in the states that people leave them in."""

import json
import shutil
import time

import pytest
from real_git import run_git
from weeks import ATTENTION, BLIP2, LLAVA, NOTEBOOK, PAPER, READING_LIST, change_list, commit, week_48, write

from agents.errors import TryAgainError
from agents.lab import facts, history
from agents.lab.find import Lab
from agents.lab.reading_list import Row, set_status, upsert
from agents.lab.week import Week

W47, W48, W49 = Week(2026, 47), Week(2026, 48), Week(2026, 49)
NOTE = "notes/training/dpo.md"
DPO = "---\ntitle: DPO\nkind: concept\ncreated: '2026-11-24'\n---\n\n# DPO\n\n不训练奖励模型。\n"


def told(lab, week=W48):
    """(title, path or arXiv id, news, status before, status) of each fact."""
    found = facts.of_week(lab, history.load(lab), week)
    return [(done.title, done.path or done.arxiv, done.news, done.was, done.status) for done in found]


def row(lab, status, paper=LLAVA):
    change_list(lab, lambda data: set_status(upsert(data, paper), status, arxiv=paper.arxiv))


def test_the_week_of_the_recordings(lab):
    week_48(lab)
    assert told(lab) == [
        (BLIP2.title, "papers/blip-2.md", "new", "unread", "reading"),
        (ATTENTION.title, ATTENTION.arxiv, "", "reading", "read"),
        ("Cross-Attention", "notes/multimodal-arch/cross-attention.md", "new", None, None),
        ("简化版 CLIP 对比学习", "experiments/notebooks/tiny-clip.ipynb", "new", None, None),
    ]
    assert [title for title, *_ in told(lab, W47)] == [ATTENTION.title, "Self-Attention"]
    assert told(lab, W49) == []


def test_a_note_edited_on_two_days_is_one_fact(lab):
    write(lab, NOTE, DPO)
    commit(lab.root, "2026-11-16")
    for day in ("2026-11-24", "2026-11-26"):
        write(lab, NOTE, DPO + day)
        commit(lab.root, day)
    assert told(lab) == [("DPO", NOTE, "changed", None, None)]


def test_a_note_that_came_and_was_edited_in_the_same_week_is_new(lab):
    for n, day in enumerate(("2026-11-24", "2026-11-26")):
        write(lab, NOTE, DPO + "!" * n)
        commit(lab.root, day)
    assert told(lab) == [("DPO", NOTE, "new", None, None)]


def test_what_was_taken_back_within_the_week_is_no_fact(lab):
    write(lab, NOTE, DPO)
    write(lab, "notes/training/gone.md", "# gone\n")
    row(lab, "unread")
    commit(lab.root, "2026-11-16")
    write(lab, NOTE, DPO + "x")
    write(lab, "notes/training/short.md", "# short-lived\n")
    row(lab, "read")
    (lab.root / "notes/training/gone.md").unlink()
    commit(lab.root, "2026-11-24")
    write(lab, NOTE, DPO)
    (lab.root / "notes/training/short.md").unlink()
    row(lab, "unread")
    commit(lab.root, "2026-11-26")
    assert told(lab) == []


def test_a_status_that_moved_twice_is_told_from_its_first_to_its_last(lab):
    row(lab, "unread")
    commit(lab.root, "2026-11-16")
    for day, status in (("2026-11-24", "reading"), ("2026-11-28", "read")):
        row(lab, status)
        commit(lab.root, day)
    assert told(lab) == [(LLAVA.title, LLAVA.arxiv, "", "unread", "read")]


def test_tags_and_other_front_matter_are_no_work_but_a_status_is(lab):
    write(lab, "papers/blip-2.md", PAPER)
    write(lab, NOTE, DPO)
    commit(lab.root, "2026-11-16")
    write(lab, "papers/blip-2.md", PAPER.replace('status: "reading"', 'status: "read"\ntags: ["x"]'))
    write(lab, NOTE, DPO.replace("kind: concept", "kind: concept\ntags: [a]"))
    commit(lab.root, "2026-11-24")
    assert told(lab) == [(BLIP2.title, "papers/blip-2.md", "", "reading", "read")]


def test_where_row_and_front_matter_both_moved_the_row_tells(lab):
    write(lab, "papers/blip-2.md", PAPER)
    row(lab, "unread", Row(BLIP2.title, BLIP2.arxiv, link="blip-2.md"))
    commit(lab.root, "2026-11-16")
    write(lab, "papers/blip-2.md", PAPER.replace('"reading"', '"unread"'))
    row(lab, "read", BLIP2)
    commit(lab.root, "2026-11-24")
    assert told(lab) == [(BLIP2.title, "papers/blip-2.md", "", "unread", "read")]


def test_a_row_that_moved_to_another_table_or_got_its_id_is_the_same_paper(lab):
    change_list(lab, lambda data: set_status(upsert(data, Row("Some Paper")), "read", title="Some Paper"))
    commit(lab.root, "2026-11-16")
    change_list(lab, lambda data: data.replace("| — |".encode(), b"| 2301.00009 |") + b"\n## other\n")
    commit(lab.root, "2026-11-24")
    assert told(lab) == []


def test_a_list_that_cannot_be_read_for_a_while_tells_nothing(lab):
    row(lab, "unread")
    commit(lab.root, "2026-11-16")
    good = (lab.root / READING_LIST).read_bytes()
    (lab.root / READING_LIST).write_bytes(b"\xff\xfe")
    commit(lab.root, "2026-11-24")
    (lab.root / READING_LIST).write_bytes(good)
    commit(lab.root, "2026-11-25")
    assert told(lab) == []


def test_a_list_that_comes_with_its_statuses_was_not_read_that_week(tmp_path):
    write(Lab(tmp_path), "CLAUDE.md", "# c\n")
    run_git(tmp_path, "init", "-q", "-b", "main")
    for key, value in (("user.name", "a"), ("user.email", "a@b.c")):
        run_git(tmp_path, "config", key, value)
    (tmp_path / "papers").mkdir()
    (tmp_path / READING_LIST).write_bytes(upsert(b"", Row("Old", "2301.00001", status="read")))
    commit(tmp_path, "2026-11-24")
    assert told(Lab(tmp_path.resolve())) == []


class TestNames:
    def test_a_rename_is_no_work_and_later_names_are_linked(self, lab):
        write(lab, NOTE, DPO)
        commit(lab.root, "2026-11-24")
        run_git(lab.root, "mv", NOTE, "notes/applications.md")
        run_git(lab.root, "commit", "-q", "-m", "moved")
        commit(lab.root, "2026-12-02")
        assert told(lab) == [("DPO", "notes/applications.md", "new", None, None)]

    def test_a_rename_within_the_week_of_an_older_note_is_none(self, lab):
        write(lab, NOTE, DPO * 3)
        commit(lab.root, "2026-11-16")
        run_git(lab.root, "mv", NOTE, "notes/dpo.md")
        commit(lab.root, "2026-11-24")
        assert told(lab) == []
        write(lab, "notes/dpo.md", DPO * 3 + "mehr\n")
        commit(lab.root, "2026-11-25")
        assert told(lab) == [("DPO", "notes/dpo.md", "changed", None, None)]

    def test_a_note_deleted_since_is_named_without_a_link(self, lab):
        write(lab, NOTE, DPO)
        commit(lab.root, "2026-11-24")
        (lab.root / NOTE).unlink()
        commit(lab.root, "2026-12-02")
        assert told(lab) == [("DPO", "", "new", None, None)]

    def test_odd_names_come_through(self, lab):
        names = [
            "notes/a b/注意力 (一).md",
            "notes/-x.md",
            "notes/*.md",
            "notes/:(top).md",
            'notes/q"uote.md',
            "notes/tab\tx.md",
        ]
        for name in names:
            write(lab, name, f"# {name}\n")
        commit(lab.root, "2026-11-24")
        assert {path for _, path, *_ in told(lab)} == set(names)


def test_only_work_counts(lab):
    for path in (
        "weekly-log/2026-W48.md", "weekly-log/inbox.md", "README.md", "resources/awesome.md", "notes/.draft.md", "notes/README.md",
        ".obsidian/notes/x.md", "papers/pdf/x.md", "papers/x.pdf", "experiments/data.csv", "experiments/notebooks/x.md", "notes/x.png",
    ):  # fmt: skip
        write(lab, path, "# x\n")
    (lab.root / "notes/link.md").symlink_to("README.md")
    commit(lab.root, "2026-11-24", "weekly: 2026-W48")
    assert told(lab) == []
    write(lab, "experiments/scripts/clip/loss.py", "x = 1\n")
    write(lab, "experiments/notebooks/broken.ipynb", "{")
    commit(lab.root, "2026-11-25")
    assert [(title, news) for title, _, news, *_ in told(lab)] == [("broken.ipynb", "new"), ("loss.py", "new")]


def test_a_notebook_that_was_run_again_has_changed(lab):
    write(lab, "experiments/notebooks/tiny-clip.ipynb", NOTEBOOK)
    commit(lab.root, "2026-11-16")
    write(lab, "experiments/notebooks/tiny-clip.ipynb", json.dumps(json.loads(NOTEBOOK) | {"metadata": {"ran": 1}}))
    commit(lab.root, "2026-11-24")
    assert told(lab) == [("简化版 CLIP 对比学习", "experiments/notebooks/tiny-clip.ipynb", "changed", None, None)]


class TestHistories:
    def test_work_on_a_branch_counts_on_its_own_days_and_the_merge_is_none(self, lab, git):
        row(lab, "unread")
        commit(lab.root, "2026-11-10")
        git("checkout", "-q", "-b", "side")
        write(lab, NOTE, DPO)
        row(lab, "read")
        commit(lab.root, "2026-11-18")
        git("checkout", "-q", "main")
        write(lab, "notes/other.md", "# other\n")
        row(lab, "reading", BLIP2)
        commit(lab.root, "2026-11-24")
        git("merge", "-q", "-X", "theirs", "--no-ff", "-m", "merge", "side")
        assert [title for title, *_ in told(lab, W47)] == [LLAVA.title, "DPO"]
        assert [title for title, *_ in told(lab)] == [BLIP2.title, "other"]

    def test_the_persons_clock_says_which_week(self, lab, monkeypatch):
        write(lab, NOTE, DPO)
        commit(lab.root, "2026-11-29T23:30:00-08:00")
        try:
            for zone, week in (("America/Los_Angeles", W48), ("Asia/Shanghai", W49)):
                monkeypatch.setenv("TZ", zone)
                time.tzset()
                assert [bool(told(lab, w)) for w in (W48, W49)] == [week == W48, week == W49]
        finally:
            monkeypatch.undo()
            time.tzset()

    def test_dates_that_go_backwards_lose_nothing(self, lab):
        for n, day in enumerate(("2026-12-10", "2026-11-24", "2026-12-09", "2026-11-25")):
            write(lab, f"notes/{n}.md", f"# {n}\n")
            commit(lab.root, day)
        assert [title for title, *_ in told(lab)] == ["1", "3"]
        assert facts.busy(lab, history.load(lab))[-2:] == [W48, Week(2026, 50)]

    def test_a_lab_in_a_bigger_repository_sees_its_own_folder_only(self, tmp_path, lab):
        big = tmp_path / "big"
        (big / "notes").mkdir(parents=True)
        run_git(big, "init", "-q", "-b", "main")
        run_git(big, "config", "user.name", "a")
        run_git(big, "config", "user.email", "a@b.c")
        inner = Lab(big.resolve() / "学习 lab")
        shutil.copytree(lab.root, inner.root, ignore=shutil.ignore_patterns(".git", ".lab"))
        commit(big, "2026-11-10")
        (big / "notes/elsewhere.md").write_text("# elsewhere\n", encoding="utf-8")
        (big / "papers").mkdir()
        write(inner, NOTE, DPO)
        row(inner, "read")
        commit(big, "2026-11-24")
        assert told(inner) == [
            (LLAVA.title, LLAVA.arxiv, "", "unread", "read"),
            ("DPO", NOTE, "new", None, None),
        ]

    def test_a_shallow_clone_does_not_take_everything_for_new(self, lab, tmp_path):
        write(lab, "notes/old.md", "# old\n")
        commit(lab.root, "2026-11-16")
        write(lab, NOTE, DPO)
        commit(lab.root, "2026-11-24")
        write(lab, "notes/new.md", "# new\n")
        commit(lab.root, "2026-11-25")
        for depth, known in ((1, []), (2, ["new"])):
            run_git(tmp_path, "clone", "-q", "--depth", str(depth), lab.root.as_uri(), f"clone{depth}")
            clone = Lab((tmp_path / f"clone{depth}").resolve())
            found = history.load(clone)
            assert str(found.begins) == f"2026-11-{26 - depth}"
            assert [title for title, *_ in told(clone)] == [*known, "DPO"]  # DPO by its front matter's date
        assert history.load(lab).begins is None

    def test_without_a_commit_and_without_git_the_notes_dates_tell(self, lab, tmp_path):
        write(lab, NOTE, DPO)
        write(lab, "papers/blip-2.md", PAPER.replace("kind:", "created: '2026-11-02'\nupdated: '2026-11-26'\nkind:"))
        write(lab, "notes/undated.md", "# undated\n")
        write(lab, "notes/odd.md", "---\ncreated: [2026]\nupdated: soon\n---\n\n# odd\n")
        expected = [(BLIP2.title, "papers/blip-2.md", "changed", None, "reading"), ("DPO", NOTE, "new", None, None)]
        shutil.rmtree(lab.root / ".git")
        assert history.load(lab) is None
        assert told(lab) == expected
        assert facts.busy(lab, None) == [Week(2026, 45), W48]
        run_git(lab.root, "init", "-q")
        assert told(lab) == expected
        assert facts.of_week(Lab(tmp_path / "nothing"), None, W48) == ()

    def test_the_persons_configuration_of_log_does_not_matter(self, lab, git):
        for key, value in {
            "log.follow": "true", "log.showSignature": "true", "log.date": "iso", "diff.noprefix": "true", "diff.renames": "false", "format.pretty": "oneline",
            "log.decorate": "full", "color.ui": "always", "core.quotePath": "true", "diff.external": "false", "log.showRoot": "false", "log.diffMerges": "on",
        }.items():  # fmt: skip
            git("config", key, value)
        week_48(lab)
        assert len(told(lab)) == 4

    def test_a_repository_that_git_cannot_read_is_said(self, lab, git):
        write(lab, NOTE, DPO)
        commit(lab.root, "2026-11-24")
        tree = git("rev-parse", "HEAD^{tree}").strip()
        (lab.root / ".git/objects" / tree[:2] / tree[2:]).unlink()
        with pytest.raises(TryAgainError, match="git log failed"):
            told(lab)


def test_a_title_that_nobody_could_print_does_not_stop_the_log(lab):
    write(lab, "notes/long.md", f"# {'长' * 900}\n")
    write(lab, "notes/empty.md", "")
    write(lab, "notes/odd.md", '---\ntitle: "\\u202e\\u200b"\n---\n\ntext\n')
    write(lab, "notes/key.md", "# sk-ant-abcdefgh1234\n")
    (lab.root / "notes/latin.md").write_bytes(b"# caf\xe9\n")
    commit(lab.root, "2026-11-24")
    titles = {path: title for title, path, *_ in told(lab)}
    assert len(titles["notes/long.md"]) == 300
    assert (
        titles["notes/empty.md"] == "empty"
        and titles["notes/odd.md"] == "（无题）"
        and titles["notes/latin.md"] == "latin"
    )
    assert "sk-ant" not in titles["notes/key.md"]


def test_two_thousand_notes_are_looked_through_in_a_moment(lab):
    for n in range(2000):
        write(lab, f"notes/training/{n}.md", DPO + str(n))
    commit(lab.root, "2026-11-16")
    for n in range(50):
        write(lab, f"notes/training/{n}.md", DPO + "again")
    commit(lab.root, "2026-11-24")
    started = time.monotonic()
    assert len(told(lab)) == 50
    assert time.monotonic() - started < 5
