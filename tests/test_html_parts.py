"""Tables, figures, algorithms, references, authors: every markup that LaTeXML has for them."""

import latexml_pages as made
import pytest

from agents.source import html


def head(*cells):
    inner = "".join(f'<th class="ltx_td ltx_th ltx_th_column" {more}>{text}</th>' for text, more in cells)
    return f'<tr class="ltx_tr">{inner}</tr>'


def body_row(*cells, tag="td", classes="ltx_td"):
    return '<tr class="ltx_tr">' + "".join(f'<{tag} class="{classes}">{cell}</{tag}>' for cell in cells) + "</tr>"


def only(rows):
    (table,) = html.read(made.page(made.table("Results.", rows))).tables
    return table


def test_a_spanning_header_stands_over_each_of_its_columns():
    rows = f"""<thead class="ltx_thead">
    {head(("Model", 'rowspan="2"'), ("COCO", 'colspan="2"'), ("Flickr", 'colspan="2"'))}
    {head(("R@1", ""), ("R@5", ""), ("R@1", ""), ("R@5", ""))}</thead>
    <tbody class="ltx_tbody">{body_row("CLIP", "58.4", "81.5", "88.0", "98.7")}</tbody>"""
    table = only(rows)
    assert table.label == "Table 1" and table.caption == "Table 1: Results."
    assert table.header == (("Model", "COCO", "COCO", "Flickr", "Flickr"), ("Model", "R@1", "R@5", "R@1", "R@5"))
    assert table.rows == (("CLIP", "58.4", "81.5", "88.0", "98.7"),)


def test_a_label_beside_several_rows_is_in_each_and_a_title_across_a_row_is_in_the_first_cell():
    rows = f"""{head(("Part", ""), ("Setting", ""), ("R@1", ""))}
    <tr><td class="ltx_td" colspan="3">Ablations</td></tr>
    <tr><td class="ltx_td" rowspan="2">Loss</td><td class="ltx_td">both</td><td class="ltx_td">57.0</td></tr>
    <tr><td class="ltx_td">one</td><td class="ltx_td">55.8</td></tr>
    <tr><td class="ltx_td">Batch</td><td class="ltx_td" colspan="2">n/a</td></tr>"""
    assert only(rows).rows == (
        ("Ablations", "", ""),
        ("Loss", "both", "57.0"),
        ("Loss", "one", "55.8"),
        ("Batch", "n/a", "n/a"),
    )


def test_where_no_header_is_marked_the_first_rule_ends_it():
    rows = (
        body_row("Model", "", "R@1", classes="ltx_td ltx_border_tt")
        + '<tr><td class="ltx_td"></td><td class="ltx_td"></td><td class="ltx_td ltx_border_t">(%)</td></tr>'
        + body_row("CLIP", "", "58.4", classes="ltx_td ltx_border_t")
        + body_row("Ours", "", "60.1", classes="ltx_td ltx_border_t")
    )
    table = only(rows)
    assert table.header == (("Model", "R@1"), ("", "(%)"))
    assert table.rows == (("CLIP", "58.4"), ("Ours", "60.1"))


def test_half_a_rule_below_a_spanning_head_does_not_end_the_header():
    """The shape of a table of booktabs with \\cmidrule and \\multirow, as LaTeXML guesses it: rows are marked, not columns."""
    ruled, plain = "ltx_td ltx_border_t", "ltx_td"
    rows = (
        '<tbody class="ltx_tbody"><tr class="ltx_tr"><th class="ltx_td ltx_th ltx_th_row ltx_border_tt" rowspan="2">Model</th>'
        '<td class="ltx_td ltx_border_tt" colspan="2">Retrieval</td><td class="ltx_td ltx_border_tt"></td>'
        '<td class="ltx_td ltx_border_tt" colspan="2">Cost</td></tr>'
        f'<tr class="ltx_tr"><td class="{ruled}">2017</td><td class="{ruled}">2018</td><td class="{plain}"></td>'
        f'<td class="{ruled}">2017</td><td class="{ruled}">2018</td></tr>'
        f'<tr class="ltx_tr"><th class="ltx_td ltx_th ltx_th_row ltx_border_t">A {made.cite(1)}</th><td class="{ruled}">23.75</td>'
        + f'<td class="{ruled}"></td>'
        * 4
        + '</tr><tr class="ltx_tr"><th class="ltx_td ltx_th ltx_th_row">B</th><td class="ltx_td">27.3</td><td class="ltx_td">38.1</td>'
        f'<td class="ltx_td"></td><td class="ltx_td" colspan="2">{made.math("3.3 10^{18}")}</td></tr></tbody>'
    )
    table = only(rows)
    assert table.header == (
        ("Model", "Retrieval", "Retrieval", "Cost", "Cost"), ("Model", "2017", "2018", "2017", "2018"),
    )  # fmt: skip
    assert table.rows == (("A [1]", "23.75", "", "", ""), ("B", "27.3", "38.1", "$3.3 10^{18}$", "$3.3 10^{18}$"))


def test_a_header_of_years_above_the_only_rule_is_a_header():
    rows = (
        body_row("", "2017", "2018") + body_row("a", "1", "2", classes="ltx_td ltx_border_t") + body_row("b", "3", "4")
    )
    assert only(rows).header == (("", "2017", "2018"),)


def test_a_table_of_numbers_alone_has_no_header():
    rows = body_row("a", "1", "2") + body_row("b", "3", "4", classes="ltx_td ltx_border_t")
    assert (only(rows).header, only(rows).rows) == ((), (("a", "1", "2"), ("b", "3", "4")))


def test_cells_that_are_spans_are_cells_and_a_table_in_a_cell_is_its_text():
    inner = '<span class="ltx_tabular"><span class="ltx_tr"><span class="ltx_td">Black</span></span><span class="ltx_tr"><span class="ltx_td">box</span></span></span>'
    rows = f"""<span class="ltx_tabular"><span class="ltx_tr"><span class="ltx_td ltx_th ltx_th_column">Kind</span>
    <span class="ltx_td ltx_th ltx_th_column ltx_colspan ltx_colspan_2">Score</span></span>
    <span class="ltx_tr"><span class="ltx_td">{inner}</span><span class="ltx_td">1</span><span class="ltx_td">2</span></span></span>"""
    figure = f'<figure class="ltx_table"><figcaption class="ltx_caption">Table 2: Kinds.</figcaption><p class="ltx_p">{rows}</p></figure>'
    (table,) = html.read(made.page(figure)).tables
    assert (table.header, table.rows) == ((("Kind", "Score", "Score"),), (("Black box", "1", "2"),))


def test_formulas_and_citations_in_cells_are_text():
    rows = body_row("Model", "R", tag="th", classes="ltx_td ltx_th ltx_th_column")
    rows += body_row(f"CLIP {made.cite(1)}", f"5.0 {made.math(chr(92) + 'pm')} 0.1")
    assert only(rows).rows == (("CLIP [1]", r"5.0 $\pm$ 0.1"),)


def test_a_span_that_no_table_has_is_no_danger():
    assert only(head(("A", 'colspan="99999999"'), ("B", "")) + body_row("1", "2")).label == "Table 1"
    assert only(head(("A", 'rowspan="4000000"'), ("B", 'colspan="x"')) + body_row("2")).label == "Table 1"


def figure(caption, inside="", kind="ltx_figure"):
    return f'<figure class="{kind}"><img alt="Refer to caption">{inside}<figcaption class="ltx_caption">{caption}</figcaption></figure>'


def test_figures_are_known_by_their_captions_and_parts_are_no_figures():
    part = figure("(a) Left.", kind="ltx_figure ltx_figure_panel")
    found = html.read(
        made.page(figure('<span class="ltx_tag">Figure 2: </span>Both.', part + part) + figure("FIG. 3. One."))
    )
    assert [(f.label, f.caption) for f in found.figures] == [
        ("Figure 2", "Figure 2: Both."),
        ("Figure 3", "FIG. 3. One."),
    ]
    assert next(b.text for b in found.blocks if b.kind == "caption") == "Figure 2: Both. (a) Left. (a) Left."


def test_two_floats_set_in_one_are_two_and_the_caption_says_which_kind():
    rows = head(("A", ""), ("B", "")) + body_row("x", "1")
    body = f'<figure class="ltx_figure">{made.table("First.", rows, "Table 3")}{figure("Figure 4: Second.")}</figure>'
    found = html.read(made.page(body))
    assert [(t.label, t.rows) for t in found.tables] == [("Table 3", (("x", "1"),))]
    assert [f.label for f in found.figures] == ["Figure 4"]
    captioned = f'<figure class="ltx_figure"><table class="ltx_tabular">{rows}</table><figcaption>Table 5: Late.</figcaption></figure>'
    assert [t.label for t in html.read(made.page(captioned)).tables] == ["Table 5"]


def test_a_table_without_a_caption_is_in_the_text_only():
    found = html.read(made.page(f'<table class="ltx_tabular">{body_row("x", "1")}{body_row("y", "2")}</table>'))
    assert found.tables == ()
    assert [b.text for b in found.blocks if b.kind == "table"] == ["x | 1\ny | 2"]


def test_an_algorithm_is_read_line_by_line():
    lines = "".join(
        f'<div class="ltx_listingline"><span class="ltx_tag ltx_tag_listingline">{n}:</span> {text}</div>'
        for n, text in ((1, f"<b>Input:</b> {made.math('n')}"), (2, "return"))
    )
    data = '<div class="ltx_listing_data"><a href="data:text/plain;base64,eA==">⬇</a></div>'
    body = f'<figure class="ltx_float ltx_float_algorithm"><figcaption class="ltx_caption"><span class="ltx_tag ltx_tag_float">Algorithm 1 </span>Train</figcaption><div class="ltx_listing">{data}{lines}</div></figure>'
    found = html.read(made.page(body + f'<div class="ltx_listing">{lines}</div>'))
    assert [b.text for b in found.blocks][-5:] == [
        "Algorithm 1 Train",
        "1: Input: $n$",
        "2: return",
        "1: Input: $n$",
        "2: return",
    ]
    assert found.figures == () and found.tables == ()


def test_lettering_of_a_picture_is_no_text_but_a_framed_paragraph_is():
    long = "You are a helpful judge who answers with one word."
    svg = f"<svg class='ltx_picture'><text>AXIS</text><g><foreignObject><span class='ltx_p'>{long}</span></foreignObject></g></svg>"
    found = html.read(
        made.page(figure("Figure 1: A prompt.", f"<p class='ltx_p'>LETTER</p><p class='ltx_p'>{long}</p>") + svg)
    )
    said = [b.text for b in found.blocks if b.kind == "text"]
    assert said[-2:] == [long, long] and "AXIS" not in repr(found) and "LETTER" not in repr(found)


BIB = (
    ("[1]", "Jimmy Lei Ba, Jamie Ryan Kiros, and Geoffrey E Hinton.", "Layer normalization.", "<em>arXiv preprint arXiv:1607.06450</em>, 2016."),
    ("Doe et al. [2023]", "Jane Doe and John Roe.", "Teleoperation at scale.", "<a href='https://doi.org/10.1000/xyz.5'>Journal</a>, 2023."),
    ("Poe (2024a)", "Edgar Poe. A clean data set for ravens. In <em>RSS</em>, 2024. <a href='https://arxiv.org/abs/2401.00002v2'>link</a>"),
    ("[4]", "<span class='ltx_bib_author'>A. Roe</span>, <span class='ltx_bib_title'>Ducks in order</span>.", "External Links: <a href='https://dx.doi.org/https://doi.org/10.1201/9781'>Document</a>", "Cited by: §1"),
)  # fmt: skip


def test_references_are_read_by_their_markup():
    text = f"We {made.cite(1, 4)} and {made.cite(1)}. <cite><a href='#bib.bib2'>Doe et al.</a> (<a href='#bib.bib2'>2023</a>)</cite> "
    found = html.read(
        made.page(
            made.para(text + "<a href='https://arxiv.org/html/2607.00001v1#bib.bib3'>Poe</a>") + made.bibliography(*BIB)
        )
    )
    first, second, third, fourth = found.references
    assert (
        first.text
        == "[1] Jimmy Lei Ba, Jamie Ryan Kiros, and Geoffrey E Hinton. Layer normalization. arXiv preprint arXiv:1607.06450, 2016."
    )
    assert (first.label, first.authors, first.title) == (
        "1",
        "Jimmy Lei Ba, Jamie Ryan Kiros, and Geoffrey E Hinton",
        "Layer normalization",
    )
    assert (first.year, first.arxiv, first.cited) == (2016, "1607.06450", 2)
    assert (second.label, second.title, second.year, second.doi, second.cited) == (
        "Doe et al., 2023",
        "Teleoperation at scale",
        2023,
        "10.1000/xyz.5",
        1,
    )
    assert (third.label, third.authors, third.year, third.arxiv, third.cited) == (
        "Poe, 2024a",
        "Edgar Poe",
        2024,
        "2401.00002",
        1,
    )
    assert (fourth.title, fourth.authors, fourth.doi, fourth.text) == (
        "Ducks in order",
        "A. Roe",
        "10.1201/9781",
        "[4] A. Roe, Ducks in order.",
    )
    assert found.sections[-1].title == "References" and found.warnings == ()


def test_citations_of_entries_that_are_not_there_are_told():
    found = html.read(made.page(made.para(made.cite(1, 7)) + made.bibliography(BIB[0])))
    assert found.warnings == ("1 citation of the HTML without an entry in its references",)


@pytest.mark.parametrize(
    ("person", "names"),
    [
        ("Ada Lovelace", ("Ada Lovelace",)),
        ("Zichuan Li,\nJian Cui,\nAshley Chen\n", ("Zichuan Li", "Jian Cui", "Ashley Chen")),
        ("Ashish Vaswani<br class='ltx_break'>Google Brain<br>avaswani@google.com<br>&amp;Noam Shazeer<sup>∗</sup>", ("Ashish Vaswani", "Noam Shazeer")),
        ("Jean-Pierre de la Tour<sup class='ltx_sup'>1,2</sup> and Li Wei†", ("Jean-Pierre de la Tour", "Li Wei")),
        ("Gemini Team, Google", ("Gemini Team",)),
        ("John Yang\n Princeton University\n x@y.edu", ("John Yang",)),
        ("Plato", ("Plato",)),
        ("张 三", ("张 三",)),
        ("", ()),
    ],
)  # fmt: skip
def test_authors_are_told_from_their_places_and_addresses(person, names):
    assert html.read(made.page("", authors=[person])).authors == names


def test_notes_of_the_front_matter_are_no_text():
    thanks = '<span class="ltx_note ltx_role_thanks"><sup class="ltx_note_mark">1</sup><span class="ltx_note_content">Equal work.</span></span>'
    found = html.read(made.page("", title=f"A Title{thanks}", authors=[f"Ada Lovelace{thanks}"]))
    assert (found.title, found.authors) == ("A Title", ("Ada Lovelace",)) and "Equal" not in repr(found)
