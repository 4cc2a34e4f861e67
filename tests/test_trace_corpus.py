"""Numbers traced in real papers: what was copied is found, what was altered is not. Measured where the corpus is."""

import json
import random
import re
import time
from functools import cache
from pathlib import Path

import pytest
from test_trace import reply

from agents.model.draft import draft
from agents.note.ablation import number
from agents.note.claim import Cell, Claim
from agents.note.paper import PaperReply
from agents.source import pdf
from agents.source.document import Source
from agents.trust import number_index, sourced, tracing
from agents.trust.outcome import marked

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
PAPERS = sorted((CORPUS / "pdf").glob("*.pdf"))
pytestmark = pytest.mark.skipif(not PAPERS, reason="the corpus of real papers is not beside the project")
EVERY = pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.stem)


@cache
def paper(path):
    document = pdf.read(path)
    return sourced.grounds(Source("pdf", document.title, document.authors, document, sha256="", file=path.name))


def traced(part, grounds):
    return tracing.outcome(part, grounds.numbers, grounds.quotes)


def _is_alone(grid, label, head):
    labels = [row[0] for row in grid.body.values()]
    heads = [grid.heading(column) for column in range(grid.width)]
    return label and labels.count(label) == 1 == heads.count(head)


def cells(grounds, dice, most):
    """Cells that have a row and a column of their own, by the names that the reader gives them."""
    found = [
        (grid, Cell(table=grid.table.label, row=row[0], column=grid.heading(column), value=row[column]))
        for grid in grounds.numbers.index.grids
        for row in grid.body.values()
        for column in range(1, len(row))
        if number(row[column]) and _is_alone(grid, row[0], grid.heading(column))
    ]
    return dice.sample(found, min(most, len(found)))


def said(cell):
    return reply(results=[Claim(text="结果如表。", quote="", cells=(cell,))])


@EVERY
def test_a_draft_is_copied_from_its_paper_and_holds_no_doubt(path):
    grounds = paper(path)
    found = traced(draft(grounds.source), grounds)
    assert found.doubts == () and found.right == found.of > 10


@EVERY
def test_cells_are_found_by_their_names_and_an_altered_digit_is_not(path):
    grounds, dice = paper(path), random.Random(path.stem)
    chosen = cells(grounds, dice, 60)
    wrong = 0
    for _, cell in chosen:
        assert traced(said(cell), grounds).note == "表格单元 1，正文 0", cell
        digits = [at for at, char in enumerate(cell.value) if char.isdigit()]
        at = dice.choice(digits)
        other = dice.choice([digit for digit in "123456789" if digit != cell.value[at]])
        altered = cell.model_copy(update={"value": cell.value[:at] + other + cell.value[at + 1 :]})
        wrong += bool(traced(said(altered), grounds).doubts)
    assert wrong >= 0.98 * len(chosen) and chosen


@EVERY
def test_a_number_of_another_row_or_column_is_misplaced(path):
    grounds, dice = paper(path), random.Random(path.stem)
    caught = planted = 0
    for grid, cell in cells(grounds, dice, 60):
        others = {
            one for row in grid.body.values() for one in row[1:] if number(one) and number(one) != number(cell.value)
        }
        if others:
            planted += 1
            moved = cell.model_copy(update={"value": dice.choice(sorted(others))})
            caught += any(doubt.mark == "⚠ 行列不符" for doubt in traced(said(moved), grounds).doubts)
    assert caught >= 0.9 * planted


def test_what_a_person_reads_in_the_tables_is_found():
    truth = json.loads((CORPUS / "truth.json").read_text(encoding="utf-8"))["1706.03762"]["main_result"]["Table 2"]
    grounds = paper(next(path for path in PAPERS if "1706.03762" in path.name))
    for row, line in truth.items():
        for column, value in line.items():
            if "FLOPs" not in column:
                cell = Cell(table="Table 2", row=row, column=column, value=str(value))
                assert traced(said(cell), grounds).right == 1, cell


@EVERY
def test_marked_drafts_validate_and_give_the_same_answer(path):
    """With the digits of all texts altered, so that there are many doubts."""
    grounds, dice = paper(path), random.Random(path.stem)
    plain = draft(grounds.source).model_dump_json()
    altered = re.sub(r"(?<=\d\.)\d(?=\d*[^\d\"]*[，；（])", lambda _: str(dice.randrange(10)), plain)
    part = PaperReply.model_validate_json(altered)
    found = traced(part, grounds)
    noted = PaperReply.model_validate(marked(part.model_dump(), [found], part))
    assert traced(noted, grounds) == found


@EVERY
def test_an_index_and_a_check_cost_little(path):
    grounds = paper(path)
    part = draft(grounds.source)
    began = time.process_time()
    number_index.index(grounds.source.document)
    indexed = time.process_time()
    traced(part, grounds)
    assert indexed - began < 0.3
    assert time.process_time() - indexed < 1
