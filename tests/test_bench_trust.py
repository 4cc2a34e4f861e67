"""The measure of the checks: each planter changes what its name says and nothing else, and what is true stays true."""

from collections import Counter
from pathlib import Path
from random import Random

import planting
import pytest
import trust
import trust_time
from chinese import dressed
from corpus import Measure
from known_formulas import KNOWN, formulas, without
from planting import INVENTED, KINDS, kinds_of, plant
from pydantic import ValidationError
from statements import HOLE, RESULTS, Statement, claim, filled
from true_cells import column_names
from true_references import surname
from true_sentences import numbers, paragraphs
from trust import Case, Verdict, cases, part_of, reply, table, verdicts

from agents.model.draft import draft
from agents.note.paper import PaperReply
from agents.source.document import Reference, Table
from agents.trust import sourced

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "examples" / "tiny-clip" / "paper.pdf"
CELL = {"table": "Table 2", "row": "base", "column": "BLEU", "value": HOLE}
TRUE = Statement(
    "cell of a claim",
    RESULTS,
    claim(f"得分 {HOLE}。", "", [CELL]),
    "28.4",
    {"row swapped": ("27.3", "41.8"), "column swapped": ("38.1",)},
)


def doubts(case, paper):
    return trust.doubts(case, part_of(case), paper)


def dice():
    return Random(7)


@pytest.fixture(scope="module")
def sample():
    return trust.source_of(SAMPLE)


@pytest.fixture(scope="module")
def judged():
    return trust.judged(SAMPLE)


# ---- planters


@pytest.mark.parametrize("piece", ["28.4", "0.0003", "175,255.8M", "-1.11 ± 0.02", "百分之 65", "3.5 天", "7"])
def test_a_changed_digit_is_one_digit_and_another_one(piece):
    for seed in range(40):
        made = planting.digit_changed(piece, Random(seed))
        different = [(a, b) for a, b in zip(piece, made, strict=True) if a != b]
        assert len(different) == 1 and all(char.isdigit() for char in different[0])
        assert not (made.lstrip("-百分之 ").startswith("0") and not piece.startswith("0"))


@pytest.mark.parametrize("piece", ["28.4", "175,255.8M", "1.29 亿"])
def test_swapped_digits_are_neighbours_and_the_same_ones(piece):
    for seed in range(40):
        made = planting.digits_swapped(piece, Random(seed))
        assert Counter(made) == Counter(piece) and made != piece
        assert sum(a != b for a, b in zip(piece, made, strict=True)) == 2


@pytest.mark.parametrize("piece", ["7", "44", "5.5", "20", "十"])
def test_digits_that_are_equal_or_would_leave_a_zero_in_front_are_not_swapped(piece):
    assert planting.digits_swapped(piece, dice()) == ""


@pytest.mark.parametrize(
    ("piece", "made"),
    [
        ("28.4", {"-28.4", "−28.4"}),
        ("-1.11 ± 0.02", {"1.11 ± 0.02"}),
        ("−0.9", {"0.9"}),
        ("+3", {"-3", "−3"}),
        ("0", {""}),
    ],
)
def test_a_changed_sign_is_nothing_but_the_sign(piece, made):
    assert planting.sign_changed(piece, dice()) in made


@pytest.mark.parametrize(
    ("piece", "made"),
    [
        ("28.4", {"2.84", "284"}),
        ("450 万", {"45.0 万", "4500 万"}),
        ("175,255.8M", {"17525.58M", "1752558M"}),
        ("0", {""}),
        ("无", {""}),
    ],
)
def test_a_moved_point_is_the_same_digits(piece, made):
    assert {planting.point_moved(piece, Random(seed)) for seed in range(20)} == made


@pytest.mark.parametrize(
    ("piece", "made"),
    [
        ("65.0%", {"65.0倍"}),
        ("百分之 65", {"65 倍"}),
        ("129M", {"129K", "129B"}),
        ("1.29 亿", {"1.29 万"}),
        ("3.5 天", {"3.5 小时", "3.5 周"}),
        ("28.4 BLEU", {""}),
        ("28.4", {""}),
    ],
)
def test_a_changed_unit_is_another_one_of_its_kind(piece, made):
    assert {planting.unit_changed(piece, Random(seed)) for seed in range(20)} == made


def test_a_changed_word_of_a_quote_is_one_word_and_keeps_its_capital():
    quote = "Models trained with the sigmoid loss retain their superiority."
    for seed in range(20):
        made = planting.word_changed(quote, Random(seed), ["trained", "corpus"]).split()
        different = [(a, b) for a, b in zip(quote.split(), made, strict=True) if a != b]
        assert len(different) == 1
        assert different[0][1].strip(".").casefold() in {"trained", "corpus"}
        assert different[0][0][0].isupper() == different[0][1][0].isupper()


def test_swapped_rows_and_columns_give_their_own_values_in_text_and_cell():
    (row,), (column,) = (plant(kind, TRUE, dice(), []) for kind in ("row swapped", "column swapped"))
    assert row["cells"][0]["value"] in {"27.3", "41.8"} and column["cells"][0]["value"] == "38.1"
    assert row["text"] == f"得分 {row['cells'][0]['value']}。"
    assert {**row["cells"][0], "value": HOLE} == CELL


def test_a_wrong_reference_differs_in_one_field_and_an_invented_one_in_all_that_names_it():
    data = {"title": "Layer normalization", "authors": "Ba et al.", "year": 2016, "arxiv": "1607.06450", "reason": "…"}
    true = Statement(
        "reference", "further_reading.0", data, others={"wrong year": (2014,), "wrong author": ("Li et al.",)}
    )
    assert plant("wrong year", true, dice(), []) == [data | {"year": 2014}]
    assert plant("wrong author", true, dice(), []) == [data | {"authors": "Li et al."}]
    (invented,) = plant("invented reference", true, dice(), [])
    assert (invented["title"], invented["authors"], invented["year"]) in INVENTED and invented["arxiv"] == ""


def test_a_formula_loses_one_brace_or_one_symbol():
    (true, other) = formulas("1706.03762", exact=True)[:2]
    assert true.data["symbols"] == other.data["symbols"] and true.data["tex"] != other.data["tex"]
    for broken in plant("brace lost", true, dice(), []):
        assert len(broken["tex"]) == len(true.data["tex"]) - 1
        assert broken["tex"].count("{") != broken["tex"].count("}")
    shorter = plant("symbol not in the table", true, dice(), [])
    assert [len(one["symbols"]) for one in shorter] == [3] * 4
    assert {one["tex"] for one in shorter} == {true.data["tex"]}
    assert all(one["symbols"] == true.data["symbols"] for one in plant("symbol not in the formula", true, dice(), []))


def test_without_a_symbol_means_the_symbol_and_no_letter_of_a_command():
    assert without(r"\max x + x_1", "x") == [r"\max  + x_1"]
    assert without(r"W_1 x W_1", "W_1") == [r" x W_1", r"W_1 x "]


def test_bases_shared_by_symbols_leave_the_table_together():
    ffn = next(one for one in formulas("1706.03762", exact=False) if one.data["equation"] == "2")
    left = [{row["symbol"] for row in one["symbols"]} for one in plant("symbol not in the table", ffn, dice(), [])]
    assert left == [{"W_1", "W_2", "b_1", "b_2"}, {"x", "b_1", "b_2"}, {"x", "W_1", "W_2"}]


def test_every_known_formula_is_one_that_a_reply_may_hold():
    for paper in KNOWN:
        for one in formulas(paper, exact=False):
            PaperReply.model_validate(reply(one.where, one.said()))


def test_the_same_seed_plants_the_same_errors():
    runs = [list(cases([TRUE] * 5, [], Random(3))) for _ in range(2)]
    assert runs[0] == runs[1] != list(cases([TRUE] * 5, [], Random(4)))


def test_nothing_that_is_planted_equals_what_is_true():
    found = list(cases([TRUE] * 30, [], dice()))
    assert {case.kind for case in found} == set(kinds_of(TRUE)) - {"unit changed"} | {""}
    assert all((case.said == TRUE.said()) == (not case.kind) for case in found)


# ---- what is true


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("We trained on 4.5 million sentence pairs.", {"450 万 个句子"}),
        ("It reaches 65.0% after 3.5 days.", {"65.0%", "百分之 65.0", "3.5 天"}),
        ("Trained for 100,000 steps in total.", {"100,000 步", "100000 步", "10 万 步"}),
        ("It is 100x smaller and reaches 28.4 BLEU then.", {"100 倍", "28.4 BLEU", "约 28 BLEU"}),
        ("See Table 3 and Section 4.1, and Figures 9 and 10 of 2017.", set()),
        ("As in [12, 13], LLaMA 2 and GPT-3 with 3e-4 and a 7-billion model.", set()),
        ("A total of 65 000 of them, and (3) in order.", set()),
    ],
)
def test_a_number_of_a_sentence_is_said_in_a_dress_of_its_own(sentence, pieces):
    found = {piece for seed in range(30) for _, piece in dressed(sentence, Random(seed))}
    assert found == pieces


def test_a_name_in_the_sentence_stays_in_the_statement():
    (text, piece), *_ = dressed("Our model on ImageNet reaches 84.5 points.", dice())
    assert "就 ImageNet、" in text and filled(text, piece).count("84.5") == 1


def test_columns_are_named_by_their_own_heads_or_with_the_heading_that_spans_them():
    spanned = Table("Table 1", "", 1, (("", "COCO", "", "Flickr", ""), ("Method", "TR", "IR", "TR", "SPICE")), ())
    assert column_names(spanned) == {0: "Method", 1: "COCO TR", 2: "IR", 3: "Flickr TR", 4: "SPICE"}


def test_columns_that_a_centred_heading_leaves_in_doubt_have_no_name():
    centred = Table("Table 1", "", 1, (("Method", "", "WebNLG", ""), ("", "U", "S", "U")), ())
    assert column_names(centred) == {0: "Method", 2: "WebNLG S"}


@pytest.mark.parametrize(
    ("authors", "name"),
    [
        ("Jimmy Lei Ba, Jamie Ryan Kiros, and Geoffrey E Hinton", "Ba"),
        ("Li, J., Li, D., and Hoi, S.", "Li"),
        ("T. Brown, B. Mann", "Brown"),
        ("Samir Yitzhak Gadre et al", "Gadre"),
        ("——, Computer models", ""),
        ("", ""),
    ],
)
def test_the_first_authors_name_is_told(authors, name):
    assert surname(Reference("1", "", authors, "T", 2020, None, None, 1)) == name


def test_sentences_are_those_of_the_text_made_by_hand_where_there_is_one(tmp_path):
    (tmp_path / "a.txt").write_text(
        "Intro before.\n\nAbstract\n\nWe train mod-\nels on many images with one loss. The value of x is not known to us.\n\n"
        "A Head Of Some Table That Is Not A Sentence.\n\nReferences\n\nA cited paper that has a very long title here.\n",
        encoding="utf-8",
    )
    assert [one for one in paragraphs(tmp_path / "a.pdf") if one] == [["We train models on many images with one loss."]]


# ---- judging


def test_a_reply_with_one_statement_is_valid_wherever_it_stands():
    for where, said in ((RESULTS, TRUE.said()), ("summary", "得分 28.4。"), ("method.intuition", "得分 28.4。")):
        PaperReply.model_validate(reply(where, said))
    assert trust.EMPTY["experiments"]["results"] == []


def test_what_is_said_of_another_field_is_not_about_the_statement(sample):
    paper = sourced.grounds(sample)
    invented = claim("作者这样说。", "these words were never written by any of the authors")
    case = Case("word of a quote changed", "quote", RESULTS, invented)
    assert len(doubts(case, paper)) == 1
    elsewhere = trust.EMPTY | {"assessment": trust.EMPTY["assessment"] | {"limitations": [invented]}}
    assert doubts(Case("", "quote", "assessment", elsewhere["assessment"]), paper)
    assert doubts(Case("", "quote", RESULTS, claim("作者没有这样说。")), paper) == ()


def test_a_refused_field_is_caught_and_a_broken_reply_around_it_is_no_result(sample, monkeypatch):
    paper = sourced.grounds(sample)
    assert doubts(Case("brace lost", "formula", "summary", "得分 $x_{1$。"), paper)
    monkeypatch.setitem(trust.EMPTY, "background", "")
    with pytest.raises(ValidationError):
        doubts(Case("", "cell", RESULTS, TRUE.said()), paper)


def test_an_error_is_not_caught_by_what_is_said_of_the_true_statement_too(sample):
    paper = sourced.grounds(sample)
    wrong = claim("作者这样说。", "these words were never written by any of the authors")
    found = list(
        verdicts([Case("", "number", RESULTS, wrong), Case("digit changed", "number", RESULTS, wrong)], "p", paper)
    )
    assert [bool(one.doubts) for one in found] == [True, False]


def test_a_kind_that_was_not_planted_is_not_met_and_one_miss_in_fifty_is_too_many():
    def verdict(kind, *said):
        return Verdict(Case(kind, "quote", RESULTS, ""), "p", said)

    kind = "word of a quote changed"
    found = [*[verdict(kind, "no")] * 49, verdict(kind), *[verdict("")] * 98, *[verdict("", "no")] * 3]
    by_name = {one.name: one for one in table(found)}
    assert by_name[f"caught: {kind}"] == Measure(f"caught: {kind}", "98.0% of 50", ">= 99%", False, "quote 49/50")
    assert by_name["caught: brace lost"].met is None
    accused = by_name["accused: true statements"]
    assert (accused.value, accused.met) == ("3.0% of 101", False)
    assert by_name["errors planted"].met is False


def test_the_sample_paper_is_measured_by_every_kind_that_it_allows(judged):
    kinds = Counter(one.case.kind for one in judged)
    assert set(kinds) >= {"", *kinds_of(TRUE), "word of a quote changed", "wrong year", "wrong author"} - {
        "unit changed"
    }
    assert set(kinds) <= {"", *KINDS}
    quotes = [one for one in judged if one.case.form == "quote"]
    assert len(quotes) > 40
    assert [one.case for one in quotes if bool(one.doubts) != bool(one.case.kind)] == []


def test_the_sample_papers_numbers_are_stated_beside_quotes_and_in_prose():
    found = numbers(paragraphs(SAMPLE), dice())
    assert len({one.form for one in found}) == 3
    assert all(one.said()["quote"] for one in found if one.form != "number in prose")


def test_without_the_papers_nothing_is_measured_and_that_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(trust, "TRUTH", tmp_path / "truth.json")
    assert trust.main([]) == 2
    said = capsys.readouterr()
    assert "the real papers are not at" in said.err and said.out == ""


def test_the_last_line_is_the_result_and_too_few_cases_are_a_miss(tmp_path, monkeypatch, capsys):
    (tmp_path / "truth.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(trust, "TRUTH", tmp_path / "truth.json")
    for name, value in (("papers", dict), ("paper_files", lambda: [SAMPLE]), ("text_files", list)):
        monkeypatch.setattr(trust, name, value)
    monkeypatch.setattr(trust, "TEX", ())
    monkeypatch.setattr(trust_time, "measures", lambda _: [])
    assert trust.main(["--misses"]) == 1
    said = capsys.readouterr().out
    words = said.splitlines()[-1].split()
    assert words[::2] == ["caught", "accused", "cases"] and 100 < int(words[5]) < 2000
    assert said.count("missed: ") + said.count("accused: ") > 1


def test_time_is_taken_of_a_note_with_and_without_formulas(sample):
    plain = draft(sample)
    bare = trust_time.with_formulas(plain, [])
    full = trust_time.with_formulas(plain, [one.data for one in formulas("1706.03762", exact=False)])
    assert (len(bare.method.formulas.items), len(full.method.formulas.items)) == (0, 6)
    assert bare.experiments == full.experiments == plain.experiments
    assert 0 < trust_time.seconds(bare, sample) < 10
