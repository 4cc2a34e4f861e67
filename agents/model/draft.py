"""The engine `draft`: a PaperReply without any model, by extraction. Nothing in it is invented, and nothing is judged.

The paper's own sentences (chosen by cue words and by section), its section tree as a diagram, its numbered equations
with the sentence around each, its result and ablation tables with differences, its most cited references.
"""

import re

from agents.model.draft_tables import ablation, results_of_tables
from agents.model.rendering import echo, first_author
from agents.model.sentences import Sentence, best, sentences
from agents.note import tex
from agents.note.claim import Claim
from agents.note.diagram import Diagram, Edge, Node
from agents.note.formula import MOST_FORMULAS, Formula, Formulas
from agents.note.paper import Assessment, Experiments, Method, PaperReply
from agents.note.reading import Comparisons, Reading
from agents.note.text import LONGEST_TEX, as_line, one_line
from agents.source.document import Document, Equation, Reference, Source

# What a sentence of each kind tends to say, and how much that counts.
_PROBLEM = {
    r"\bhowever\b|\bproblem\b|\bchalleng|\bexpensive|\bprohibitive|\bcost(ly|s)?\b": 2,
    r"\black(s|ing)?\b|\bfail|\bdifficult|\bsuffer|\blimit(s|ed|ation)|\bremain|\bunclear|\bquestion\b": 1.5,
    r"\bexisting\b|\bprevious|\bprior\b|\bmost\b": 1,
}
_IDEA = {
    r"\bkey (idea|insight|observation)|\bwe (here )?(propose|present|introduce)\b": 4,
    r"\bwe (show|develop|study|ask|describe)\b|\bintuiti": 2.5,
    r"\b(this|our) (paper|work)\b": 1,
    r"\binstead of\b|\brather than\b|\bby (using|combining|replacing)\b": 1,
}
_METHOD = {
    r"\bconsists? of\b|\bis composed of\b": 3,
    r"\bwe (use|train|compute|define|apply|feed|add|initiali[sz]e|employ|adopt|encode|project|freeze)\b": 2,
    r"\bwe (minimi[sz]e|optimi[sz]e|derive|express|obtain|sample|formulate)\b": 2,
    r"\b(encoder|decoder|layer|loss|objective|module|head|embedding)s?\b": 1,
    r"\bgiven\b|\beach\b": 0.5,
}
_RESULT = {
    r"\boutperform|\bstate-of-the-art|\bsurpass": 3,
    r"\bachiev|\bimprov|\bobtain|\breach|\bresults? (show|suggest|demonstrate)|\bwe (find|observe)\b": 2,
    r"\bbetter\b|\bhigher\b|\blower\b|\bworse\b": 1.5,
    r"\d+\.\d+|\d+ ?%": 1.5,
}
_ABLATION = {
    r"\bablat": 3,
    r"\bwithout\b|\bremov|\breplac|\bdisabl|\bfix(ed|ing)\b": 2,
    r"\bdrop|\bdegrad|\bhurt|\bcontribut|\bmatters?\b|\bgains?\b": 2,
}
_NEW = {
    r"\bunlike\b|\bin contrast\b|\bas opposed to\b|\bcontribution": 3,
    r"\bnovel\b|\bfor the first time\b|\bthe first\b": 2.5,
    r"\bcompared (to|with)\b|\binstead of\b|\brather than\b|\bwe (propose|introduce|present)\b": 1.5,
}
_LIMIT = {
    r"\blimitations?\b": 3,
    r"\blimited to\b|\bonly\b.*\bevaluat|\bwe (do not|did not|leave)\b": 2.5,
    r"\bfuture (work|research|directions?)\b": 2,
    r"\bfail(s|ed|ure)?\b|\bcannot\b|\bdoes not\b": 1.5,
    r"\bhowever\b|\bremains?\b": 1,
}

_INTRODUCTION = re.compile(r"introduction|abstract|background|motivation", re.IGNORECASE)
_REFERENCES = re.compile(r"references?$|bibliography$|literature cited$", re.IGNORECASE)
_ASIDE = re.compile(r"acknowledg|contribution statement|author contribution|^appendix", re.IGNORECASE)
_OWN_METHOD = re.compile(r"method|approach|architecture|framework|\bour\b", re.IGNORECASE)
_EXPERIMENTS = re.compile(r"experiment|result|evaluation|ablation|analysis|comparison|empirical", re.IGNORECASE)
_CLOSING = re.compile(r"limitation|conclusion|discussion|future", re.IGNORECASE)
_RELATED = re.compile(r"related|prior work|background|preliminar|problem (statement|formulation|setup)", re.IGNORECASE)

NOT_JUDGED = "draft 引擎只摘录原文，不作评价：读后请写在“我的批注”里。"


def draft(source: Source) -> PaperReply:
    """Fill a PaperReply from the paper alone. Its prose is the paper's, in the paper's language."""
    document = source.document
    aside = _back_matter(document)
    body = [s for s in sentences(source) if s.section.casefold() not in aside]
    front = [s for s in body if _INTRODUCTION.search(s.section)] or body[:40]
    middle = [
        s for s in body if not any(p.search(s.section) for p in (_INTRODUCTION, _EXPERIMENTS, _CLOSING, _RELATED))
    ] or body
    ideas = best(front, 3, _IDEA, _in_abstract)
    return PaperReply(
        echo=echo(source),
        tags=(),
        aliases=(),
        summary=_words(best(front, 1, _IDEA, _in_abstract) or body[:1])
        or as_line(one_line(source.title)[:300] or "（无题）"),
        background=_bullets(best(front, 4, _PROBLEM)) or "原文中没有认出陈述问题的句子。",
        method=Method[Claim](
            intuition=_bullets(ideas) or "原文中没有认出陈述核心想法的句子。",
            approach=_claims(best(middle, 8, _METHOD, lambda s: 2.0 * bool(_OWN_METHOD.search(s.section))))
            or _claims(body[:1])
            or (_claim("原文", ""),),
            diagram=_section_tree(document, source.title),
            formulas=_formulas(document),
        ),
        experiments=Experiments[Claim](
            results=(
                *_claims(best([s for s in body if not _RELATED.search(s.section)], 6, _RESULT, _in_results)),
                *results_of_tables(document.tables),
            ),
            ablation=ablation(
                document.tables, _claims(best([s for s in body if _EXPERIMENTS.search(s.section)], 4, _ABLATION))
            ),
        ),
        assessment=Assessment[Claim](
            improvements=_claims(best(front, 3, _NEW)),
            limitations=_claims(best(body, 4, _LIMIT, lambda s: 3.0 * bool(_CLOSING.search(f"{s.section} {s.under}")))),
            comparison=Comparisons(items=(), none="draft 引擎不作横向对比。"),
            lessons=(NOT_JUDGED,),
        ),
        further_reading=_most_cited(document.references),
    )


def _in_abstract(sentence: Sentence) -> float:
    return 1.0 * (sentence.section == "Abstract")


def _in_results(sentence: Sentence) -> float:
    return 1.5 * bool(_EXPERIMENTS.search(sentence.section)) + _in_abstract(sentence)


def _words(chosen: list[Sentence]) -> str:
    return as_line(one_line(chosen[0].text)) if chosen else ""


def _bullets(chosen: list[Sentence]) -> str:
    return "\n".join(f"- {as_line(one_line(s.text))}（p. {s.page}）" for s in chosen)


def _claims(chosen: list[Sentence]) -> tuple[Claim, ...]:
    return tuple(_claim(s.under or s.section or "正文", s.text) for s in chosen)


def _claim(label: str, quote: str) -> Claim:
    return Claim(text=f"见 {as_line(one_line(label)[:200])}", quote=one_line(quote), cells=())


def _back_matter(document: Document) -> set[str]:
    """The top-level headings, casefolded, of what is no part of the argument: references, all after them, thanks."""
    top = [section.heading for section in document.sections if section.level <= 1]
    end = next((n for n, heading in enumerate(top) if _REFERENCES.search(heading)), len(top))
    return {heading.casefold() for n, heading in enumerate(top) if n >= end or _ASIDE.search(heading)}


def _section_tree(document: Document, title: str) -> Diagram:
    """The sections down to the second level, back matter left out."""
    nodes = [Node(id="paper", label=one_line(title)[:200] or "（无题）")]
    edges = []
    parent = "paper"
    aside = _back_matter(document)
    top = ""
    for n, section in enumerate(document.sections):
        top = section.heading if section.level <= 1 else top
        if section.level > 2 or len(nodes) == 40 or top.casefold() in aside:
            continue
        node = Node(id=f"s{n}", label=one_line(section.heading)[:200] or "—")
        nodes.append(node)
        edges.append(Edge(source="paper" if section.level <= 1 else parent, target=node.id, label=f"p. {section.page}"))
        parent = node.id if section.level <= 1 else parent
    return Diagram(nodes=tuple(nodes), edges=tuple(edges))


def _formulas(document: Document) -> Formulas:
    if not document.equations:
        return Formulas(items=(), none="原文无编号公式。")
    return Formulas(items=tuple(_formula(equation) for equation in document.equations[:MOST_FORMULAS]), none="")


def _formula(equation: Equation) -> Formula:
    exact = equation.tex if len(equation.tex) <= LONGEST_TEX and not tex.fault(equation.tex) else ""
    glyphs = one_line(equation.text).replace("`", "'")
    shown = "" if exact or not glyphs else f"（PDF 中的字形，排版以原文为准：`{glyphs[:300]}`）"
    meaning = as_line(one_line(equation.sentence)[:700]) or "原文没有紧邻的说明。"
    number = one_line(equation.number)
    return Formula(tex=exact, equation=number, page=equation.page, meaning=meaning + shown, symbols=())


def _most_cited(references: tuple[Reference, ...]) -> tuple[Reading, ...]:
    named = [reference for reference in references if one_line(reference.title)]
    ranked = sorted(named, key=lambda reference: -reference.cited)[:5]
    # Past the third, only those that really stand out.
    chosen = [r for n, r in enumerate(ranked) if n < 3 or r.cited > 1]
    return tuple(
        Reading(
            title=one_line(r.title)[:300],
            authors=first_author(r.authors)[:200] or "作者不详",
            year=r.year if r.year and 1000 <= r.year <= 2100 else 0,
            arxiv=r.arxiv or "",
            reference=one_line(r.label),
            reason=f"本文引用 {r.cited} 次。",
        )
        for r in chosen
    )
