"""The benchmark's scorer gives known answers: those of `Levenshtein.ratio` and of the py-pdf benchmark's mending."""

import random

import pytest
from score import mend, normal, ratio, subsequence, universal


def by_table(one, other):
    """The longest common subsequence as a textbook has it."""
    row = [0] * (len(other) + 1)
    for a in one:
        above, row = row, [0]
        for index, b in enumerate(other):
            row.append(above[index] + 1 if a == b else max(above[index + 1], row[-1]))
    return row[-1]


@pytest.mark.parametrize("seed", range(40))
def test_the_bits_count_what_the_textbooks_table_counts(seed):
    dice = random.Random(seed)
    one, other = (dice.choices("abcd", k=dice.randrange(80)) for _ in range(2))
    assert subsequence(one, other) == subsequence(other, one) == by_table(one, other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Hello world!", "Holly grail!", 0.583333333333333),  # the example of Levenshtein's own documentation
        ("Brian", "Jesus", 0.0),
        ("lewenstein", "levenshtein", 0.857142857142857),  # a substitution costs two, an insertion one
        ("same", "same", 1.0),
        ("", "", 1.0),
        ("", "abc", 0.0),
    ],
)
def test_the_ratio_is_that_of_levenshtein(one, other, expected):
    assert ratio(one, other) == pytest.approx(expected)


def test_words_can_be_compared_as_well_as_characters():
    assert ratio(["the", "cat", "sat"], ["the", "dog", "sat"]) == pytest.approx(2 / 3)


def test_a_long_text_is_scored_in_a_moment():
    text = "".join(random.Random(0).choices("etaoin shrdlu\n", k=30_000))
    assert ratio(text, text[:15_000] + text[15_300:]) == pytest.approx(2 * 29_700 / 59_700)


def test_mending_spells_out_ligatures_and_joins_broken_words():
    assert mend(["an e\ufb03cient sys-\ntem of words"], [""]) == "an efficient system\n of words"


def test_mending_knows_the_hyphen_of_pdfium():
    assert mend(["sys\ufffetem of words"], [""]) == "system\n of words"


def test_mending_takes_the_page_label_off_either_end():
    assert mend(["iv\nfirst page", "second page\n12"], ["iv", "12"]) == "\nfirst page\nsecond page\n"


def test_without_a_label_the_page_stays_whole():
    assert mend(["page 1"], [""]) == "page 1"


def test_line_ends_are_those_a_file_gives():
    assert universal("a\r\nb\rc\n") == "a\nb\nc\n"


def test_headings_are_compared_without_case_quotes_and_the_numbers_dot():
    assert normal("3.  Aren’t Existing\nSolutions") == normal("3 aren't existing solutions")
    assert normal("A. Details") == "a details"
    assert normal("3.1 Details") == "3.1 details"
