"""Quotes are found in the dress that a PDF gives them, with their page, and a changed word is not forgiven."""

from dataclasses import replace

import pytest

from agents.errors import ProtocolError
from agents.note.paper import Echo
from agents.source.document import Block, Document
from agents.trust import echo, quotes

BOX = (0.0, 0.0, 1.0, 1.0)


def document(*blocks):
    made = tuple(Block(kind, text, page, BOX) for kind, text, page in blocks)
    return Document("T", (), "", made, (), (), (), (), (), pages=9)


INDEX = quotes.index(
    document(
        (
            "text",
            "The ﬁrst stage uses pretraining on 129M images, with a “frozen” encoder; accuracy is 65.04 (−0.9) here.",
            2,
        ),
        ("text", "We ﬁnd that the model", 3),
        ("caption", "Figure 2: A caption stands between.", 3),
        ("text", "does not need more data. It reaches dmodel = 512 units.", 4),
        ("table", "ITC + ITM | 84.5 | 96.2", 5),
    )
)


@pytest.mark.parametrize(
    ("quote", "page"),
    [
        ("The first stage uses pretraining on 129M images", 2),
        ("the first stage uses pre-training on 129M images", 2),
        ('with a "frozen" encoder; accuracy is 65.04', 2),
        ("accuracy is 65.04 (-0.9) here.", 2),
        ("  The   first stage uses\npretraining  ", 2),
        ("We find that the model does not need more data", 3),
        ("It reaches d model = 512 units", 4),
        ("ITC + ITM | 84.5", 5),
    ],
    ids=[
        "ligature",
        "hyphen and case",
        "quotation marks",
        "minus and full stop",
        "spacing",
        "across a figure",
        "joined letters",
        "a table row",
    ],
)
def test_a_true_quote_is_found_with_its_page(quote, page):
    assert quotes.find(INDEX, quote) == page


@pytest.mark.parametrize(
    "quote",
    [
        "The second stage uses pretraining on 129M images",
        "The first stage uses pretraining on 128M images",
        "accuracy is 65.0",
        "accuracy is 65.04 (0.9) here",
        "The FIRST stage uses pretraining",
        "uses pretraining",
        "is 5.04 (-0.9)",
        "",
        "...",
    ],
    ids=["a word", "a digit", "half a number", "a sign", "case inside", "too short", "a cut number", "nothing", "dots"],
)
def test_a_quote_with_a_difference_that_matters_is_not_found(quote):
    assert quotes.find(INDEX, quote) == 0


OURS = Echo(title="A Paper: With, Marks", first_author="Ada Lovelace", last_heading="H Additional Experiments")


@pytest.mark.parametrize(
    "theirs",
    [
        OURS,
        Echo(title="a paper with marks", first_author="ADA LOVELACE", last_heading="nothing"),
        Echo(title="Other", first_author="Ada Lovelace", last_heading="## Additional experiments"),
        Echo(title="A Paper: With, Marks", first_author="", last_heading="Appendix H. Additional Experiments"),
    ],
)
def test_two_of_three_echoes_are_enough(theirs):
    echo.check(theirs, OURS)


@pytest.mark.parametrize(
    "theirs",
    [
        Echo(title="", first_author="", last_heading=""),
        Echo(title="A Paper: With, Marks", first_author="Somebody", last_heading="Conclusion"),
        Echo(title="Other", first_author="Other", last_heading="H Additional Experiments"),
    ],
)
def test_fewer_say_that_the_model_never_saw_the_paper(theirs):
    with pytest.raises(ProtocolError):
        echo.check(theirs, OURS)


def test_nothing_does_not_match_nothing():
    with pytest.raises(ProtocolError):
        echo.check(Echo(title="", first_author="", last_heading=""), Echo(title="", first_author="", last_heading=""))


def test_the_lettering_of_a_figure_is_found_on_its_page():
    paper = replace(
        document(("text", "We show the accuracy of all models.", 1)), printed=("We show", "Top-1 error on\nImageNet")
    )
    assert quotes.find(quotes.index(paper), "Top-1 error on ImageNet") == 2
    assert quotes.find(quotes.index(document()), "Top-1 error on ImageNet") == 0
