r"""Title, authors and abstract, in the forms that classes and conferences gave them."""

import re

from agents.source.tex.stream import Span
from agents.source.tex.text import Paper, paragraphs, plain
from agents.source.tex.words import LEVELS

# Words of the title page, with what stands behind them; none of it is running text.
FRONT = {
    r"\title": "om", r"\author": "om", r"\icmltitle": "m", r"\icmlauthor": "mm", r"\icmlaffiliation": "mm",
    r"\icmlcorrespondingauthor": "mm", r"\icmlkeywords": "m", r"\icmltitlerunning": "m", r"\icmlsetsymbol": "mm",
    r"\printAffiliationsAndNotice": "m", r"\affiliation": "om", r"\affil": "om", r"\address": "om", r"\email": "om",
    r"\institute": "m", r"\date": "m", r"\keywords": "m", r"\thanks": "m", r"\titlerunning": "m",
    r"\authorrunning": "m",
    r"\subtitle": "m", r"\orcid": "m", r"\homepage": "om", r"\altaffiliation": "om", r"\pacs": "m", r"\preprint": "m",
    r"\correspondingauthor": "m", r"\shortauthors": "m", r"\shorttitle": "m", r"\abstract": "m", r"\name": "m",
    r"\ead": "om", r"\cortext": "om", r"\fntext": "om", r"\institution": "m", r"\city": "m", r"\country": "m",
    r"\state": "m", r"\ccsdesc": "om", r"\cref": "", r"\maketitle": "", r"\IEEEauthorblockN": "m",
}  # fmt: skip
FRONT.pop(r"\cref")
_SEPARATORS = {
    r"\and",
    r"\And",
    r"\AND",
    r"\ANDA",
    r"\quad",
    r"\qquad",
    r"\\",
    r"\\*",
    "&",
    r"\newline",
    r"\hfill",
    r"\par",
}
_MARKS = {
    r"\thanks": "m", r"\footnote": "om", r"\footnotemark": "o", r"\textsuperscript": "m", r"\inst": "m", r"\email": "m",
    r"\orcid": "m", r"\orcidlink": "m", r"\affiliation": "om", r"\texttt": "m", r"\IEEEauthorblockA": "m", r"\ref": "m",
    r"\institution": "m", r"\href": "", r"\corref": "m", r"\fnref": "m", r"\hspace": "m", r"\vspace": "m", r"\url": "m",
    r"\textsubscript": "m", r"\tnoteref": "m", r"\IEEEmembership": "m", r"\AND": "", r"\mailto": "m",
}  # fmt: skip
_PLACES = re.compile(
    r"\b(?:universit|institut|college|school|depart|laborator|labs?\b|research|center|centre|google|microsoft|openai|"
    r"deepmind|facebook|meta\b|nvidia|amazon|apple\b|inc\b|ltd|academy|corporation|company|group\b|team\b|usa\b|china\b|"
    r"brain\b|ai\b|equal contribution|work done|corresponding)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][\w.'’ʼ-]*(?: [\w.'’(“\"][\w.'’)”\"-]*){0,5}")


def title(paper: Paper) -> str:
    for word in (r"\title", r"\icmltitle", r"\Title", r"\papertitle"):
        found = [index for index, tok in enumerate(paper.stream.tokens) if tok.rstrip("*") == word]
        for index in reversed(found):
            (_, span), _ = paper.stream.arguments(index + 1, "om")
            if span and (text := plain(paper, span.start, span.stop)):
                return re.sub(r" ?\[footnote:.*?\]", "", text)
    return ""


def authors(paper: Paper) -> tuple[str, ...]:
    r"""Their names, from every `\author`, in order."""
    stream = paper.stream
    names: list[str] = []
    for index, tok in enumerate(stream.tokens):
        if tok in {r"\author", r"\icmlauthor", r"\name"}:
            (_, span), _ = stream.arguments(index + 1, "om")
            if span and span.after > span.stop:
                names += _names(paper, span)
    return tuple(dict.fromkeys(names))


def _names(paper: Paper, span: Span) -> list[str]:
    r"""Of one `\author{…}`. In a block "name \\ place \\ mail", closed by \and, only what comes first is a name."""
    pieces = _pieces(paper, span)
    blocks = any(tok in {r"\and", r"\And", r"\AND"} for tok in paper.stream.tokens[span.start : span.stop])
    names: list[str] = []
    first = True
    for separator, text in pieces:
        first = first or separator in {r"\and", r"\And", r"\AND"}
        if not text:
            continue
        if blocks and not first and separator in {r"\\", r"\\*", r"\newline"}:
            continue
        people = [person.strip(" .*†‡§¶") for person in re.split(r",(?! Jr)| and |;", text)]
        found = [person for person in people if _is_name(person)]
        if not found and separator in {r"\\", r"\\*"} and names and not blocks:
            break  # the first line without a name: places follow
        names += found
        first = first and not found
    return names


def _is_name(text: str) -> bool:
    return (
        bool(_NAME.fullmatch(text))
        and text[0].isupper()
        and " " in text
        and not _PLACES.search(text)
        and len(text) < 60
    )


def _pieces(paper: Paper, span: Span) -> list[tuple[str, str]]:
    """What stands between separators, each with the one before it; marks, mails and formulas taken out."""
    stream = paper.stream
    pieces: list[tuple[str, str]] = []
    separator, texts = "", [""]
    index = start = span.start

    def take(stop: int) -> None:
        texts[0] += plain(paper, start, stop) + " "

    while index < span.stop:
        tok = stream.tokens[index]
        if tok in _SEPARATORS:
            take(index)
            pieces.append((separator, " ".join(texts[0].split())))
            separator, texts[0] = tok, ""
            index = start = index + 1
        elif tok.rstrip("*") in _MARKS:
            take(index)
            index = start = max(index + 1, stream.arguments(index + 1, _MARKS[tok.rstrip("*")])[1])
        elif tok == "$" and (end := stream.formula_end(index, span.stop)):
            take(index)
            index = start = end + 1
        else:
            index += 1
    take(span.stop)
    return [*pieces, (separator, " ".join(texts[0].split()))]


def abstract_span(paper: Paper) -> Span | None:
    r"""An environment, `\abstract{…}`, or what stands under a heading of that name."""
    stream = paper.stream
    for index, tok in enumerate(stream.tokens):
        if stream.environment(index) in {"abstract", "abstract*", "onecolabstract"} and index in stream.ends:
            return Span(index + 1, stream.ends[index], stream.ends[index] + 1)
        if tok == r"\abstract" and (span := stream.mandatory(index + 1)).after > span.stop > span.start:
            return span
        if tok.rstrip("*") in LEVELS:
            (_, heading), after = stream.arguments(index + 1, "om")
            if stream.word(heading).strip(" .:").lower() == "abstract":
                end = next(
                    (i for i in range(after, len(stream.tokens)) if stream.tokens[i].rstrip("*") in LEVELS), after
                )
                return Span(after, end, end)
    return None


def abstract(paper: Paper) -> str:
    span = abstract_span(paper)
    return "\n\n".join(paragraphs(paper, span.start, span.stop)) if span else ""
