"""Pages as LaTeXML prints them and arXiv serves them: the site around, the markup of each thing a paper holds.

The shapes are those of LaTeXML 0.8.8 as arxiv.org/html serves it in 2026 (header, infobox, article.ltx_document,
"Report issue" buttons), of ar5iv's frame (its footer and its banner of a fatal conversion stand in ar5iv's own source),
and of LaTeXML's XSLT for the elements inside. The content is ours.
"""

from html import escape

FILLER = "Contrastive learning pulls the embedding of a picture and the embedding of its caption together. " * 6


def math(tex, display="inline"):
    """A formula with everything that LaTeXML puts beside its `alttext`."""
    shown = "".join(c for c in tex if c.isalnum())
    return (
        f'<math class="ltx_Math" alttext="{escape(tex)}" display="{display}"><semantics><mrow><mi>MATHML{shown}</mi></mrow>'
        f'<annotation-xml encoding="MathML-Content"><ci>CONTENT{shown}</ci></annotation-xml>'
        f'<annotation encoding="application/x-tex">ANNOTATION{escape(tex)}</annotation>'
        f'<annotation encoding="application/x-llamapun">italic_{shown}</annotation></semantics></math>'
    )


def para(text):
    return f'<div class="ltx_para"><p class="ltx_p">{text}</p><button class="sr-only button">Report issue for preceding element</button></div>'


def section(number, title, body, kind="section", tag=None):
    shown = f'<span class="ltx_tag ltx_tag_{kind}">{tag or number} </span>' if number or tag else ""
    level = {"section": "h2", "appendix": "h2", "subsection": "h3", "subsubsection": "h4"}[kind]
    return f'<section class="ltx_{kind}"><{level} class="ltx_title ltx_title_{kind}">{shown}{title}</{level}>{body}</section>'


def row(*cells, number="", high=1):
    """One line of a display: right and left of its alignment point, margins at the sides."""
    sides = ("right", "left")
    inner = "".join(
        f'<td class="ltx_td ltx_align_{sides[index % 2]} ltx_eqn_cell">{math(chr(92) + "displaystyle " + tex) if tex else ""}</td>'
        for index, tex in enumerate(cells)
    )
    tag = (
        f'<td rowspan="{high}" class="ltx_eqn_cell ltx_eqn_eqno ltx_align_middle ltx_align_right">'
        f'<span class="ltx_tag ltx_tag_equation ltx_align_right">({number})</span></td>'
        if number
        else ""
    )
    return (
        '<tbody><tr class="ltx_equation ltx_eqn_row ltx_align_baseline"><td class="ltx_eqn_cell ltx_eqn_center_padleft"></td>'
        f'{inner}<td class="ltx_eqn_cell ltx_eqn_center_padright"></td>{tag}</tr></tbody>'
    )


def align(*rows):
    return f'<table class="ltx_equationgroup ltx_eqn_align ltx_eqn_table">{"".join(rows)}</table>'


def equation(tex, number=""):
    return f'<table class="ltx_equation ltx_eqn_table">{row(tex, number=number)}</table>'


def cite(*numbers):
    links = ", ".join(f'<a href="#bib.bib{n}" title="" class="ltx_ref">{n}</a>' for n in numbers)
    return f'<cite class="ltx_cite ltx_citemacro_cite">[{links}]</cite>'


def bibliography(*entries):
    """Each entry: the label as printed, and its blocks."""
    items = "".join(
        f'<li id="bib.bib{index}" class="ltx_bibitem"><span class="ltx_tag ltx_role_refnum ltx_tag_bibitem">{label}</span>'
        + "".join(f'<span class="ltx_bibblock">{block}</span>' for block in blocks)
        + "</li>"
        for index, (label, *blocks) in enumerate(entries, 1)
    )
    return (
        '<section id="bib" class="ltx_bibliography"><h2 class="ltx_title ltx_title_bibliography">References</h2>'
        f'<ul class="ltx_biblist">{items}</ul></section>'
    )


def table(caption, rows, label="Table 1"):
    return (
        f'<figure class="ltx_table"><figcaption class="ltx_caption"><span class="ltx_tag ltx_tag_table">{label}: </span>{caption}'
        f'</figcaption><table class="ltx_tabular ltx_centering ltx_align_middle">{rows}</table></figure>'
    )


def page(body, *, title="A Paper About Pictures", authors=(), abstract="We study pictures.", filler=FILLER, around=""):
    people = "".join(
        f'<span class="ltx_creator ltx_role_author"><span class="ltx_personname">{name}</span></span>'
        for name in authors
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<!--Generated on Wed Jul 1 00:00:00 2026 by LaTeXML (version 0.8.8) http://dlmf.nist.gov/LaTeXML/.-->
<style>.ltx_p {{ margin: 0 }} /* CHROME */</style></head><body>
<header class="desktop_header"><p>CHROME This is <strong>experimental HTML</strong>.</p><nav>CHROME Back to Abstract</nav></header>
<nav class="ltx_page_navbar"><nav class="ltx_TOC">CHROME 1 Introduction</nav></nav>
<div class="ltx_page_main"><div id="infobox" class="infobox"><a id="license-tr">CHROME License: CC BY 4.0</a>
<div id="watermark-tr">CHROME arXiv:2607.00001v1 [cs.CV] 01 Jul 2026</div></div>
<div class="ltx_page_content"><div class="package-alerts ltx_document" role="status"><p>CHROME failed: xr-hyper</p></div>
<article class="ltx_document ltx_authors_1line"><h1 class="ltx_title ltx_title_document">{title}</h1>
<div class="ltx_authors">{people}</div>
<div class="ltx_abstract"><h6 class="ltx_title ltx_title_abstract">Abstract</h6><p class="ltx_p">{abstract}</p></div>
{para(filler) if filler else ""}{body}</article></div>{around}
<footer class="ltx_page_footer"><div class="ltx_page_logo">CHROME Generated by LaTeXML</div></footer></div>
<button>CHROME Report Issue</button><dialog><p>CHROME Describe the issue below</p></dialog></body></html>
""".encode()
