"""Is it a real paper, described rightly? The papers here are real ones, as bibliographies and arXiv print them."""

from dataclasses import replace
from datetime import date

import pytest
from small_lab import paper as blip2

from agents.note.paper import PaperReply
from agents.note.reading import Reading
from agents.source.document import Document, Metadata, Reference, Source
from agents.trust import authors, references, titles
from agents.trust.references import Questions, bibliography, outcome, questions, with_badges


def reference(label, names, title, year, arxiv=None):
    text = f"[{label}] {names}. {title}. {f'arXiv preprint arXiv:{arxiv}, ' if arxiv else ''}{year}."
    return Reference(label, text, names, title, year, arxiv, None, 1)


CLIP = reference(
    "1",
    "Alec Radford, Jong Wook Kim, and Ilya Sutskever",
    "Learning transferable visual models from natural language supervision",
    2021,
    "2103.00020",
)
ADAM = reference("2", "Diederik P. Kingma and Jimmy Ba", "Adam: A method for stochastic optimization", 2015)
LSTM = reference("3", "Hochreiter, S. and Schmidhuber, J.", "Long short-term memory", 1997)
BERT = reference(
    "4",
    "J. Devlin, M.-W. Chang, K. Lee, and K. Toutanova",
    "BERT: Pre-training of deep bidirectional transformers for language understanding",
    2019,
    "1810.04805",
)
GPT3 = reference("5", "Tom B. Brown, Benjamin Mann, et al", "Language models are few-shot learners", 2020, "2005.14165")
UNREAD = Reference("6", "[6] Tri Dao, Daniel Y. Fu, and Christopher Ré. FlashAttention: Fast and memory-efficient exact attention with IO-awareness. In Advances in Neural Information Processing Systems, 2022.", "", "In Advances in Neural Information Processing Systems", 2022, None, None, 1)  # fmt: skip
ORIGINAL = reference("7", "Łukasz Kaiser and Samy Bengio", "Can active memory replace attention", 2016)
DITTO = reference("8", "——", "Neural GPUs learn algorithms", 2016)
_NONE = Document("", (), "", (), (), (), (), (), (CLIP, ADAM, LSTM, BERT, GPT3, UNREAD, ORIGINAL, DITTO), 1)
PAPER = Source("pdf", "BLIP-2: Bootstrapping Language-Image Pre-training with Frozen Image Encoders and Large Language Models", ("Junnan Li",), _NONE, "ab", arxiv="2301.12597", published=date(2023, 1, 30))  # fmt: skip
KNOWN = bibliography(PAPER)

RIGHT = {"title": CLIP.title, "authors": "Radford et al.", "year": 2021, "arxiv": "2103.00020", "reference": "1"}
LLAVA = {"title": "Visual Instruction Tuning", "authors": "Liu et al.", "year": 2023, "arxiv": "2304.08485", "reference": ""}  # fmt: skip


def entry(title, names, published, arxiv, comment=""):
    return Metadata(arxiv, 1, title, names, "", date.fromisoformat(published), comment=comment)


ON_ARXIV = (
    entry("Visual Instruction Tuning", ("Haotian Liu", "Chunyuan Li"), "2023-04-17", "2304.08485"),
    entry("Adam: A Method for Stochastic Optimization", ("Diederik P. Kingma", "Jimmy Ba"), "2014-12-22", "1412.6980"),
    entry("Attention Is All You Need", ("Ashish Vaswani", "Noam Shazeer"), "2017-06-12", "1706.03762"),
)


@pytest.fixture
def said(valid_reply):
    """A reply whose further reading is one entry, or whose lessons are one sentence."""

    def say(*readings, lesson="没有提到别的论文。"):
        valid_reply["further_reading"] = [{"reason": "值得读。"} | reading for reading in readings]
        valid_reply["assessment"]["lessons"] = [lesson]
        return PaperReply.model_validate(valid_reply)

    return say


@pytest.fixture
def badge(said):
    def of(reading, on_arxiv=None, known=KNOWN):
        part = said(reading)
        return with_badges([one.model_dump() for one in part.further_reading], part, known, on_arxiv)[0]["badge"]

    return of


class TestEntriesOfTheBibliography:
    @pytest.mark.parametrize(
        "changed",
        [
            {}, {"arxiv": ""}, {"reference": ""}, {"reference": "[1]"}, {"year": 0}, {"authors": "作者不详"},
            {"title": "Learning Transferable Visual Models From Natural Language Supervision."},
            {"title": "Learning transferable visual-models from natural language supervison"},
            {"authors": "Alec Radford, Jong Wook Kim"}, {"authors": "Radford, A., Kim, J. W."}, {"authors": "Radford 等"},
            {"authors": "A. Radford et al. (OpenAI)"}, {"authors": "Radford A, Kim JW"},
        ],
    )  # fmt: skip
    def test_one_that_is_described_rightly_is_found_however_it_is_spelled(self, badge, changed):
        assert badge(RIGHT | changed) == "✓ 本文引用"

    @pytest.mark.parametrize(
        ("changed", "shown"),
        [
            ({"year": 2020}, "≠ 年份: 2021"),
            ({"authors": "Jia et al."}, "≠ 作者: Radford"),
            ({"authors": "Jong Wook Kim, Alec Radford"}, "≠ 作者: Radford"),
            ({"authors": "Bert Radford"}, "≠ 作者: Radford"),
            ({"arxiv": "2103.00021"}, "≠ arXiv: 2103.00020"),
            ({"arxiv": "2005.14165"}, "≠ arXiv: 2103.00020"),
            ({"reference": "12"}, "≠ 文献条目: 1"),
            (
                {"title": "Learning transferable audio models from natural language supervision"},
                f"≠ 标题: {CLIP.title}",
            ),
            ({"title": "A title of somebody's own"}, f"≠ 标题: {CLIP.title}"),
            ({"year": 1999, "authors": "Jia et al."}, "≠ 作者: Radford；≠ 年份: 2021"),
        ],
    )
    def test_a_wrong_field_is_shown_with_the_right_value(self, badge, said, changed, shown):
        assert badge(RIGHT | changed) == shown
        found = outcome(said(RIGHT | changed), KNOWN)
        assert (found.right, found.of) == (0, 1)
        assert not any(doubt.unsettled for doubt in found.doubts)

    def test_the_doubt_names_the_field_and_tells_claude_the_right_value(self, said):
        (doubt,) = outcome(said(RIGHT | {"year": 2020}), KNOWN).doubts
        assert doubt.where == "further_reading.0.year"
        assert "'2021'" in doubt.message

    def test_the_year_of_the_preprint_is_as_right_as_the_printed_one(self, badge):
        devlin = {"title": BERT.title, "authors": "Devlin et al.", "arxiv": "1810.04805", "reference": ""}
        assert badge(devlin | {"year": 2018}) == badge(devlin | {"year": 2019}) == "✓ 本文引用"
        assert badge(devlin | {"year": 2020}) == "≠ 年份: 2019"

    def test_a_title_cut_at_its_colon_is_made_whole_in_the_note(self, said):
        part = said({"title": "BERT", "authors": "Devlin et al.", "year": 0, "arxiv": "", "reference": ""})
        (made,) = with_badges([one.model_dump() for one in part.further_reading], part, KNOWN, None)
        assert (made["title"], made["year"], made["arxiv"]) == (BERT.title, 2019, "1810.04805")

    def test_an_entry_that_the_pdf_reader_could_not_take_apart_is_found_in_its_text(self, badge):
        flash = {"title": "FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness", "year": 2022, "arxiv": "", "reference": ""}  # fmt: skip
        assert badge(flash | {"authors": "Dao et al."}) == "✓ 本文引用"
        assert badge(flash | {"authors": "Smith et al."}) == "✓ 本文引用；? 作者未核实"
        venue = {"title": "Advances in Neural Information Processing Systems", "authors": "Dao et al."}
        assert badge(flash | venue) == "? 未核实"

    def test_a_dash_stands_for_the_authors_of_the_entry_before(self, badge):
        gpus = {"title": DITTO.title, "year": 2016, "arxiv": "", "reference": ""}
        assert badge(gpus | {"authors": "Kaiser and Sutskever"}) == "✓ 本文引用"
        assert badge(gpus | {"authors": "Zaremba et al."}) == "≠ 作者: Kaiser"

    def test_an_id_that_the_bibliography_does_not_print_is_not_taken_on_trust(self, badge, said):
        adam = {"title": ADAM.title, "authors": "Kingma and Ba", "year": 2015, "arxiv": "1412.6980", "reference": "2"}
        assert badge(adam) == "✓ 本文引用；? arXiv 编号未核实"
        assert badge(adam | {"arxiv": "2005.14165"}) == f"≠ arXiv: 这个编号是 {GPT3.title}"
        assert badge(adam, ON_ARXIV) == "✓ 本文引用 ✓ arXiv"
        (doubt,) = outcome(said(adam), KNOWN).doubts
        assert doubt.unsettled and "leave it empty" in doubt.message


class TestPapersThatAreNotCited:
    def test_without_arxiv_they_are_unverified_and_never_called_wrong(self, badge, said):
        assert badge(LLAVA) == "? 未核实"
        (doubt,) = outcome(said(LLAVA), KNOWN).doubts
        assert doubt.unsettled and "Nearest there" in doubt.message

    def test_arxiv_knows_them_by_id_or_by_title(self, badge):
        assert badge(LLAVA, ON_ARXIV) == badge(LLAVA | {"arxiv": ""}, ON_ARXIV) == "✓ arXiv"

    @pytest.mark.parametrize(
        ("changed", "shown"),
        [
            ({"year": 2024}, "≠ 年份: 2023"),
            ({"authors": "Li et al."}, "≠ 作者: Liu"),
            ({"title": "Visual Instruction Following"}, "≠ 标题: Visual Instruction Tuning"),
            ({"arxiv": "1706.03762"}, "≠ arXiv: 2304.08485"),
            ({"title": "Something else", "arxiv": "1706.03762"}, "≠ 标题: Attention Is All You Need"),
            ({"title": "Something else", "arxiv": ""}, "? 未核实"),
        ],
    )
    def test_a_real_paper_with_a_wrong_field_shows_what_arxiv_says(self, badge, changed, shown):
        assert badge(LLAVA | changed, ON_ARXIV) == shown

    def test_the_year_of_the_venue_counts_where_the_authors_name_it(self, badge):
        commented = (replace(ON_ARXIV[0], comment="NeurIPS 2024 Oral"),)
        assert badge(LLAVA | {"year": 2024}, commented) == "✓ arXiv"

    def test_a_paper_of_the_same_title_by_others_is_told_apart(self, badge):
        other = (entry(ADAM.title, ("Somebody Else",), "2020-01-01", "2001.00001"),)
        mine = {"title": ADAM.title, "authors": "Else et al.", "year": 2020, "arxiv": "2001.00001", "reference": ""}
        assert badge(mine, other) == "✓ arXiv"
        assert badge(mine, None) == "≠ 作者: Kingma；≠ 年份: 2015"

    @pytest.mark.parametrize("title", ["🎉🎉", "！？", "题" * 300, "$\\alpha$", "a"])
    def test_a_title_of_no_words_or_of_too_many_is_unverified_too(self, badge, title):
        assert badge(LLAVA | {"title": title, "arxiv": ""}, ON_ARXIV) == "? 未核实"

    def test_without_a_bibliography_arxiv_is_all_there_is(self, badge):
        assert badge(RIGHT, (), references.NOTHING) == "? 未核实"
        assert badge(LLAVA, ON_ARXIV, references.NOTHING) == "✓ arXiv"


class TestWhatIsAsked:
    def test_nothing_where_the_bibliography_holds_all(self, said):
        assert questions(said(RIGHT, RIGHT | {"arxiv": ""}), KNOWN) == Questions((), ())

    def test_ids_first_and_titles_only_of_what_they_did_not_settle(self, said):
        part = said(LLAVA, LLAVA, {"title": "An unknown one", "authors": "X", "year": 0, "arxiv": "", "reference": ""})
        assert questions(part, KNOWN) == Questions(("2304.08485",), ("Visual Instruction Tuning", "An unknown one"))
        assert questions(part, KNOWN, ON_ARXIV).titles == ("An unknown one",)

    def test_ids_and_titles_in_running_text_too(self, said):
        part = said(lesson="先读 arXiv:2401.00001v2，再读《A Paper of Four Words》。")
        assert questions(part, KNOWN) == Questions(("2401.00001",), ("A Paper of Four Words",))


class TestPapersNamedInText:
    @pytest.mark.parametrize(
        "sentence",
        [
            "见 arXiv:2103.00020。", "见 arXiv 2103.00020v2。", "见 https://arxiv.org/abs/2103.00020。", "见 arXiv:2103.00020与2005.14165。", "本文是 arXiv:2301.12597。",
            f"《{CLIP.title}》值得读。", "《深入浅出注意力》是书。", "《BLIP-2》里也有。", "数字 2103.00020 不是编号。", "`arXiv:2103.00020` 里有。",
        ],
    )  # fmt: skip
    def test_what_is_in_the_bibliography_or_no_paper_is_not_accused(self, said, sentence):
        found = outcome(said(lesson=sentence), KNOWN)
        assert found.doubts == () and found.right == found.of

    @pytest.mark.parametrize(
        ("sentence", "before"),
        [
            ("见 arXiv:2103.00021 的做法。", "见 arXiv:2103.00021"),
            ("见 arXiv:2103.00021和 2020 年的做法。", "见 arXiv:2103.00021"),
            ("见 `arXiv:2103.00021` 的做法。", "见 `arXiv:2103.00021`"),
            ("《A Survey of Nothing in Particular》说过。", "《A Survey of Nothing in Particular》"),
        ],
    )
    def test_anything_else_gets_its_mark_where_it_is_named(self, said, sentence, before):
        (doubt,) = outcome(said(lesson=sentence), KNOWN).doubts
        assert (doubt.where, doubt.mark, doubt.unsettled) == ("assessment.lessons.0", "? 未核实", True)
        assert sentence[: doubt.at] == before

    def test_what_arxiv_knows_gets_none(self, said):
        found = outcome(said(lesson="见 arXiv:2304.08485 与《Attention Is All You Need》。"), KNOWN, ON_ARXIV)
        assert (found.right, found.of, found.doubts) == (2, 2, ())

    def test_quotes_are_the_paper_s_own_words(self, valid_reply):
        valid_reply["further_reading"] = []
        valid_reply["experiments"]["results"][0]["quote"] = "we follow arXiv:2401.00001 in all of our experiments"
        assert outcome(PaperReply.model_validate(valid_reply), KNOWN).of == 0


class TestTitles:
    @pytest.mark.parametrize(
        ("said", "listed"),
        [
            ("An Image is Worth 16x16 Words", "An image is worth 16×16 words"),
            ("Cats & Dogs", "Cats and dogs"),
            ("BLIP-2", "BLIP-2: Bootstrapping Language-Image Pre-training"),
            ("OpenCLIP: An open source implementation", "OpenCLIP"),
            ("A human annotated dialogue dataset", "A humanannotated dialogue dataset"),
            (r"On the $\ell_1$ norm of Poincar\'{e} maps", "On the ℓ1 norm of Poincaré maps"),
            ("注意力机制综述", "注意力机制综述"),
        ],
    )
    def test_spelling_does_not_make_another_title(self, said, listed):
        assert titles.same(said, listed)

    @pytest.mark.parametrize(
        ("said", "listed"),
        [
            ("BLIP", "BLIP-2: Bootstrapping Language-Image Pre-training"),
            (
                "Improving language models: GPT-4 and beyond in practice",
                "Improving language models: GPT-3 and beyond in practice",
            ),
            ("Deep residual learning for video recognition", "Deep residual learning for image recognition"),
            ("", ""),
            ("！？", "！？"),
        ],
    )
    def test_another_word_or_digit_does(self, said, listed):
        assert not titles.same(said, listed)


class TestAuthors:
    @pytest.mark.parametrize(
        ("said", "listed"),
        [
            ("Täckström et al.", "Oscar T¨ackstr¨om, Dipanjan Das"),
            ("Kaiser and Bengio", "Łukasz Kaiser and Samy Bengio"),
            ("van den Oord et al.", "Aäron van den Oord, Yazhe Li"),
            ("He Kaiming", "Kaiming He, Xiangyu Zhang"),
            ("Hinton", "Hinton GE, Salakhutdinov RR"),
            ("杨飘 等", "杨飘，董文永"),
            ("OpenAI", "OpenAI"),
        ],
    )
    def test_one_name_in_two_spellings(self, said, listed):
        assert authors.same(said, listed)

    @pytest.mark.parametrize(
        ("said", "listed"),
        [("Li Zhang", "Fei-Fei Li"), ("Zhang et al.", "Zhuang Liu, Hanzi Mao"), ("Y. Zhang", "Xiangyu Zhang"), ("Johnson", "Johnston, A.")],
    )  # fmt: skip
    def test_two_names_that_look_alike(self, said, listed):
        assert not authors.same(said, listed)


class TestNotes:
    """A note carries the badges of the day on which it was made."""

    @pytest.mark.parametrize("given", ["✓ arXiv", "✓ 本文引用 ✓ arXiv", "≠ arXiv: 2304.08485"])
    def test_what_arxiv_once_said_stands_until_it_is_asked_again(self, given):
        note = blip2(further_reading=[LLAVA | {"reason": "值得读。", "badge": given}])
        assert outcome(note, KNOWN).right == given.startswith("✓")
        assert outcome(note, KNOWN, ()).right == 0
        assert outcome(note, KNOWN, ON_ARXIV).right == 1

    def test_what_the_bibliography_said_stands_where_that_is_not_at_hand(self):
        note = blip2(further_reading=[RIGHT | {"reason": "值得读。", "badge": "✓ 本文引用"}])
        assert outcome(note, references.NOTHING).right == outcome(note, references.NOTHING, ON_ARXIV).right == 1
        assert outcome(note, replace(KNOWN, works=())).right == 0

    def test_a_badge_does_not_cover_an_edit(self):
        note = blip2(further_reading=[RIGHT | {"reason": "值得读。", "badge": "✓ 本文引用", "year": 1999}])
        assert [doubt.where for doubt in outcome(note, KNOWN).doubts] == ["further_reading.0.year"]


def test_a_reply_may_say_nothing_of_the_badge():
    assert "badge" not in Reading.model_json_schema()["properties"]
