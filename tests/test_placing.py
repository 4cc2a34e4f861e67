"""A display formula that the PDF reader did not know as such stands where the text around it does."""

import re

from agents.source.document import Block
from agents.source.placing import place

BOX, NOWHERE = (1.0, 2.0, 3.0, 4.0), (0.0, 0.0, 0.0, 0.0)
BEFORE = "The heads are joined and then projected once again as follows:"
AFTER = "Every head therefore sees another part of the whole picture."
HEADS = Block("equation", r"$$H = \mathrm{Concat}(h_1)$$ (4)", 0, NOWHERE)


def words(text):
    return re.findall(r"[a-z]{4,}", text.casefold())


def text(said, page=1):
    return Block("text", said, page, BOX)


def exact(*blocks):
    return [Block("text", block, 0, NOWHERE) if isinstance(block, str) else block for block in blocks]


def test_it_stands_behind_the_text_that_leads_to_it_and_on_its_page():
    blocks = [text("Another paragraph stands before all of this here."), text(BEFORE, 5), text(AFTER, 6)]
    placed = place(blocks, exact(BEFORE, HEADS, AFTER), {"4"}, words)
    assert placed == [*blocks[:2], Block("equation", "", 5, BOX, exact=HEADS.text), blocks[2]]


def test_else_before_the_text_that_follows():
    blocks = [text("Glyphs of it"), text(AFTER, 6)]
    assert [block.exact for block in place(blocks, exact(HEADS, AFTER), {"4"}, words)] == ["", HEADS.text, ""]
    assert [block.exact for block in place(blocks[1:], exact(HEADS, AFTER), {"4"}, words)] == [HEADS.text, ""]


def test_one_that_the_pdf_shows_is_not_said_twice():
    shown = Block("equation", "H = Concat(h1) (4)", 5, BOX, exact=r"$$H=\mathrm{Concat}(h_1)$$ (4)")
    blocks = [text(BEFORE, 5), shown, text(AFTER, 6)]
    assert place(blocks, exact(BEFORE, HEADS, AFTER), {"4"}, words) == blocks


def test_one_whose_neighbours_are_not_found_or_stand_twice_stays_out():
    blocks = [text(BEFORE), text(BEFORE), text(AFTER), text(AFTER)]
    assert place(blocks, exact(BEFORE, HEADS, AFTER), {"4"}, words) == blocks
    assert place([text("Something else entirely is said here.")], exact(BEFORE, HEADS, AFTER), {"4"}, words) == [
        text("Something else entirely is said here.")
    ]
    assert place([], exact(HEADS), {"4"}, words) == []


def test_two_in_a_row_keep_their_order():
    second = Block("equation", "$$x = 1$$", 0, NOWHERE)
    placed = place([text(BEFORE), text(AFTER)], exact(BEFORE, HEADS, second, AFTER), {"4"}, words)
    assert [block.exact for block in placed] == ["", HEADS.text, second.text, ""]


def test_a_formula_that_is_printed_otherwise_under_this_number_is_not_added():
    assert place([text(BEFORE)], exact(BEFORE, HEADS), {"7"}, words) == [text(BEFORE)]
