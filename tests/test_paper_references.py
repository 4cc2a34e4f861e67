"""The papers that a note names, as a person sees it: badges, what was asked of arXiv, the reading list."""

import json
from types import SimpleNamespace

import digest
import pytest
from fakes.arxiv_server import Answer, ArxivServer, Paper
from fakes.claude_server import ClaudeServer, good
from record import ID
from small_lab import paper as blip2

from agents import paper
from agents.lab.find import READING_LIST
from agents.note.markdown import parse, render
from agents.note.paper import PaperNote
from agents.recipes import references
from agents.source.document import Source
from agents.source.pdf import read
from agents.trust.outcome import counts
from agents.trust.references import NOTHING, bibliography, outcome

NOTE = "papers/blip-2.md"
PAPERS = [
    Paper(ID, title=digest.TITLE, authors=digest.AUTHORS, abstract=digest.ABSTRACT, version=3, pdf=digest.make()),
    Paper("2304.08485", "Visual Instruction Tuning", ("Haotian Liu", "Chunyuan Li"), published="2023-04-17T17:59:25Z"),
    Paper("2103.00020", "Learning Transferable Visual Models From Natural Language Supervision", ("Alec Radford", "Jong Wook Kim"), published="2021-02-26T19:04:58Z"),
]  # fmt: skip
LLAVA = {"title": "Visual Instruction Tuning", "authors": "Liu et al.", "year": 2023, "arxiv": "2304.08485", "reference": "", "reason": "后来的工作。"}  # fmt: skip
STRANGE = {"title": "A Paper That Nobody Has Heard Of", "authors": "Doe et al.", "year": 2024, "arxiv": "2401.99999", "reference": "", "reason": "不详。"}  # fmt: skip


@pytest.fixture
def world(lab, monkeypatch, capsys, valid_reply, tmp_path):
    with ArxivServer(PAPERS) as arxiv, ClaudeServer(model="claude-sonnet-5-5") as claude:
        for name, value in (arxiv.environment | {"ANTHROPIC_BASE_URL": claude.url}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))

        def run(*more):
            claude.script = [good(json.dumps(valid_reply))]
            code = paper.main([ID, *more, "--lab", str(lab.root)])
            said = capsys.readouterr()
            return SimpleNamespace(code=code, out=said.out, err=said.err)

        def asked():
            """The queries after the one for the paper itself."""
            return [r.query for r in arxiv.requests if r.path == "/api/query"][1:]

        yield SimpleNamespace(run=run, arxiv=arxiv, claude=claude, lab=lab, reading=valid_reply["further_reading"], asked=asked, reply=valid_reply)  # fmt: skip


def _text(world, path=NOTE):
    return (world.lab.root / path).read_text(encoding="utf-8")


def _note(world):
    return parse(_text(world), PaperNote)


def _badges(world):
    return [reading.badge for reading in _note(world).further_reading]


class TestTheNote:
    def test_entries_of_the_bibliography_cost_no_question(self, world):
        assert world.run().code == 0
        assert world.asked() == []
        assert _text(world).count("   - 核实：✓ 本文引用\n") == 3
        assert _note(world).checks["references"] == (3, 3)
        assert "参考文献：提到的论文 3/3 篇" in _text(world)

    def test_a_paper_that_is_not_cited_is_looked_up_by_its_id_in_one_request(self, world):
        world.reading[:] = [LLAVA, world.reading[1], world.reading[2] | {"arxiv": "2103.00020"}]
        assert world.run().code == 0
        assert [query["id_list"] for query in world.asked()] == ["2304.08485,2103.00020"]
        assert _badges(world) == ["✓ arXiv", "✓ 本文引用", "✓ 本文引用 ✓ arXiv"]
        assert len(world.claude.requests) == 1

    def test_by_its_title_where_it_has_no_id_and_the_id_is_added(self, world):
        world.reading[0] = LLAVA | {"arxiv": ""}
        assert world.run().code == 0
        (query,) = world.asked()
        assert query["search_query"] == 'ti:"Visual Instruction Tuning"'
        assert "   - arXiv：[2304.08485](https://arxiv.org/abs/2304.08485)\n   - 核实：✓ arXiv\n" in _text(world)

    def test_what_nobody_knows_is_unverified_its_id_unlinked_and_that_is_no_reason_to_pay_or_to_fail(self, world):
        world.reading[0] = STRANGE
        done = world.run()
        assert (done.code, len(world.claude.requests)) == (0, 1)
        assert "   - arXiv：2401.99999\n   - 核实：? 未核实\n" in _text(world)
        assert _note(world).checks["references"] == (2, 3)
        assert "其余 1 处标了 ≠ 或 ?。" in _text(world)

    def test_a_wrong_field_goes_back_to_claude_with_the_right_value(self, world):
        world.reading[0] |= {"year": 2019}
        wrong = json.dumps(world.reply)
        world.reading[0] |= {"year": 2022}
        right = json.dumps(world.reply)
        world.claude.script = [good(wrong), good(right)]
        assert paper.main([ID, "--lab", str(world.lab.root)]) == 0
        told = world.claude.requests[1].body["messages"][2]["content"]
        assert "further_reading.0.year: it is '2022'" in told
        assert _badges(world) == ["✓ 本文引用"] * 3

    def test_one_that_stays_is_written_with_its_badge_and_the_exit_code_says_so(self, world):
        world.reading[0] |= {"year": 2019}
        world.reading[1] |= {"authors": "Smith et al."}
        done = world.run()
        assert (done.code, len(world.claude.requests)) == (3, 3)
        assert _badges(world) == ["≠ 年份: 2022", "≠ 作者: Alayrac", "✓ 本文引用"]
        assert "⚠ further_reading.0.year" in done.err

    def test_strict_refuses_a_wrong_field_but_not_what_is_only_unverified(self, world):
        world.reading[0] = STRANGE
        assert world.run("--strict", "--dry-run").code == 0
        world.reading[1] |= {"year": 2019}
        assert world.run("--strict", "--force").code == 65

    def test_an_open_point_rides_along_when_claude_is_asked_again_anyway(self, world):
        world.reading[0] = STRANGE
        world.reading[1] |= {"year": 2019}
        world.run()
        told = world.claude.requests[1].body["messages"][2]["content"]
        assert "'A Paper That Nobody Has Heard Of' is not in this paper's bibliography. Nearest there: '[" in told

    def test_a_paper_named_in_the_text_is_marked_there(self, world):
        world.reply["assessment"]["lessons"] = ["先读 arXiv:2304.08485，再读 arXiv:2401.99999，跳过《Some Survey of Nothing》。"]  # fmt: skip
        assert world.run().code == 0
        assert (
            "先读 arXiv:2304.08485，再读 arXiv:2401.99999（? 未核实），跳过《Some Survey of Nothing》（? 未核实）。"
            in _text(world)
        )
        assert _note(world).checks["references"] == (4, 6)

    @pytest.mark.parametrize(
        "answer", [Answer.html("Rate exceeded", 503), Answer.html("no", 403), Answer.html("a page for people")]
    )
    def test_arxiv_s_failure_never_fails_the_run(self, world, answer, monkeypatch):
        monkeypatch.setattr("agents.source.pace.LONGEST_WAIT", 0.0)
        world.run("--estimate")  # the paper itself is in the cache
        world.arxiv.always("/api/query", answer)
        world.reading[0] = LLAVA
        done = world.run()
        assert done.code == 0
        assert "stay unverified" in done.err
        assert _badges(world)[0] == "? 未核实"
        assert "stay unverified" in _text(world)

    def test_ids_that_arxiv_never_gave_out_do_not_spoil_the_question_for_others(self, world):
        world.reading[:] = [LLAVA, STRANGE | {"arxiv": "2399.00001"}, STRANGE | {"arxiv": "hep-xx/9901001"}]
        assert world.run().code == 0
        assert world.asked()[0]["id_list"] == "2304.08485"
        assert _badges(world) == ["✓ arXiv", "? 未核实", "? 未核实"]

    def test_the_answer_is_kept_for_the_real_run_after_a_dry_one(self, world):
        world.reading[0] = LLAVA
        assert "+   - 核实：✓ arXiv" in world.run("--dry-run").out
        before = len(world.arxiv.requests)
        assert world.run().code == 0
        assert len(world.arxiv.requests) == before

    def test_a_draft_takes_its_reading_from_the_bibliography_and_asks_nothing(self, world):
        assert world.run("--engine", "draft").code in {0, 3}
        assert world.asked() == []
        assert set(_badges(world)) == {"✓ 本文引用"}

    def test_estimate_asks_for_nothing_but_the_paper(self, world):
        world.reading[0] = LLAVA
        assert world.run("--estimate").code == 0
        assert world.asked() == []


class TestANoteThatStands:
    def test_the_check_says_the_same_of_the_note_as_when_it_was_made(self, world):
        world.reading[:] = [
            LLAVA,
            STRANGE,
            world.reading[0] | {"year": 2001},
            world.reading[2] | {"arxiv": "2103.00020"},
        ]
        world.reply["assessment"]["lessons"] = ["先读 arXiv:2304.08485，再读 arXiv:2401.99999。"]
        world.run()
        note = _note(world)
        assert note.checks["references"] == (3, 6)
        bibliography = references_of(world)
        assert counts([outcome(note, bibliography)])["references"] == (3, 6)

    def test_a_field_that_was_changed_by_hand_is_found_out(self, world):
        world.run()
        edited = parse(_text(world).replace("Radford et al.，2021", "Radford et al.，2020"), PaperNote)
        found = outcome(edited, references_of(world))
        assert [doubt.where for doubt in found.doubts] == ["further_reading.2.year"]

    def test_a_note_from_before_the_badges_is_still_read_and_still_as_we_wrote_it(self, world):
        world.run()
        old = _text(world).replace("   - 核实：✓ 本文引用\n", "")
        note = parse(old, PaperNote)
        assert {reading.badge for reading in note.further_reading} == {""}
        assert render(note) == render(parse(render(note), PaperNote))
        assert "badge" not in json.dumps(note.ours())  # so that its hash is what it was

    def test_many_notes_are_looked_up_together(self, world):
        notes = [(blip2(further_reading=[entry]), NOTHING) for entry in (LLAVA, STRANGE) for _ in range(30)]
        found, failed = references.on_arxiv(notes, world.lab.cache, lambda _: None)
        assert ({one.arxiv for one in found}, failed) == ({"2304.08485"}, "")
        assert len(world.arxiv.requests) == 3  # all ids; the title that is left, by its words in a row and singly
        assert [outcome(*note, found).right for note in notes] == [1] * 30 + [0] * 30

    def test_more_than_fifty_ids_make_a_second_request(self, world):
        entries = [STRANGE | {"arxiv": f"2401.{n:05}"} for n in range(60)]
        references.on_arxiv([(blip2(further_reading=entries), NOTHING)], world.lab.cache, lambda _: None)
        assert [len(r.query["id_list"].split(",")) for r in world.arxiv.requests if r.query["id_list"]] == [50, 10]


def references_of(world):
    file = next(world.lab.cache.rglob("*.pdf"))
    return bibliography(Source("pdf", digest.TITLE, digest.AUTHORS, read(file), "x", arxiv=ID))


class TestQueue:
    def test_what_was_found_is_put_on_the_list_in_the_same_commit(self, world, git):
        world.reading[:] = [LLAVA, STRANGE, world.reading[2] | {"arxiv": "2103.00020"}, world.reading[1]]
        assert world.run("--queue").code == 0
        listed = _text(world, READING_LIST)
        assert (
            "| ⬜ 未读 | Visual Instruction Tuning | [2304.08485](https://arxiv.org/abs/2304.08485) | 2023 |" in listed
        )
        assert "2103.00020" in listed
        assert "Nobody" not in listed and "Flamingo" not in listed  # unverified; without an id
        assert git("show", "--name-only", "--format=", "HEAD").split() == [READING_LIST, NOTE]
        assert git("status", "--porcelain") == ""

    def test_where_nothing_that_was_found_has_an_id_it_says_so(self, world):
        done = world.run("--queue")
        assert done.code == 0 and "nothing to put on the reading list" in done.err

    def test_without_it_the_list_gets_the_paper_s_own_row_only(self, world):
        world.reading[0] = LLAVA
        world.run()
        assert "2304.08485" not in _text(world, READING_LIST)

    def test_a_row_of_the_person_s_stays_as_it_is(self, world, git):
        own = "| ✅ 已读 | LLaVA，我读过 | [2304.08485](https://arxiv.org/abs/2304.08485) |  | 2 | 很好 |"
        path = world.lab.root / READING_LIST
        path.write_text(f"{_text(world, READING_LIST)}{own}\n", encoding="utf-8")
        git("commit", "-aqm", "read it")
        world.reading[0] = LLAVA
        assert world.run("--queue").code == 0
        listed = _text(world, READING_LIST)
        assert own in listed and listed.count("2304.08485") == 2

    def test_a_note_that_stands_is_queued_without_asking_anybody(self, world, git):
        world.reading[0] = LLAVA
        world.run()
        before = len(world.arxiv.requests), len(world.claude.requests), _text(world)
        done = world.run("--queue")
        assert (done.code, done.out) == (0, f"{NOTE}\n")
        assert "put on the reading list: 1" in done.err
        assert (len(world.arxiv.requests), len(world.claude.requests), _text(world)) == before
        assert git("log", "-1", "--format=%s").startswith("queue: further reading of BLIP-2")
        assert git("show", "--name-only", "--format=", "HEAD").split() == [READING_LIST]
        head = git("rev-parse", "HEAD")
        again = world.run("--queue")
        assert again.code == 0 and "nothing to put on the reading list" in again.err
        assert git("rev-parse", "HEAD") == head

    def test_a_dry_run_shows_the_rows_and_changes_nothing(self, world):
        world.reading[0] = LLAVA
        world.run()
        before = _text(world, READING_LIST)
        assert "+| ⬜ 未读 | Visual Instruction Tuning |" in world.run("--queue", "--dry-run").out
        assert _text(world, READING_LIST) == before

    def test_a_list_that_is_being_edited_gets_the_rows_and_keeps_the_edits(self, world, git):
        world.reading[0] = LLAVA
        world.run()
        path = world.lab.root / READING_LIST
        path.write_text(_text(world, READING_LIST).replace("# 论文阅读清单", "# 我的清单"), encoding="utf-8")
        done = world.run("--queue")
        assert done.code == 0 and "uncommitted changes of yours" in done.err
        assert "# 我的清单" in _text(world, READING_LIST) and "2304.08485" in _text(world, READING_LIST)
        assert READING_LIST in git("status", "--porcelain")

    def test_it_does_not_go_with_status(self, world):
        done = world.run("--queue", "--status", "read")
        assert done.code == 2 and "--queue" in done.err

    def test_a_broken_note_is_named(self, world, git):
        world.run()
        (world.lab.root / NOTE).write_text(_text(world).replace("## 延伸阅读", "## 别的").replace("<!-- field: further_reading -->", ""), encoding="utf-8")  # fmt: skip
        git("commit", "-aqm", "broken")
        done = world.run("--queue")
        assert done.code == 65 and NOTE in done.err

    def test_the_help_names_it(self, capsys):
        with pytest.raises(SystemExit):
            paper.main(["--help"])
        assert "--queue" in capsys.readouterr().out
