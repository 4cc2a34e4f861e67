r"""LaTeX's own words, as far as reading a paper needs them."""

# display formulas: environment -> whether each line has a number of its own
DISPLAYS = {
    "equation": False, "multline": False, "displaymath": False, "dmath": False, "math": False, "align": True,
    "gather": True, "eqnarray": True, "flalign": True, "alignat": True, "xalignat": True, "IEEEeqnarray": True,
    "dgroup": True,
}  # fmt: skip
NEVER_NUMBERED = {"displaymath", "math"}
FIGURES = {"figure", "wrapfigure", "sidewaysfigure", "SCfigure", "teaserfigure", "marginfigure", "floatingfigure"}
TABLES = {"table", "wraptable", "sidewaystable", "SCtable", "margintable", "longtable", "longtabu", "xltabular"}
TABULARS = {
    "tabular", "tabularx", "tabulary", "tabu", "longtable", "longtabu", "xltabular", "tblr", "NiceTabular",
    "supertabular",
}  # fmt: skip
SUBFLOATS = {"subfigure", "subtable", "subfloat", "minipage"}
LEVELS = {
    r"\part": 0, r"\chapter": 1, r"\section": 1, r"\subsection": 2, r"\subsubsection": 3, r"\paragraph": 4,
    r"\subparagraph": 5,
}  # fmt: skip
TEXT_IN_MATH = {
    r"\text", r"\mbox", r"\hbox", r"\textrm", r"\textbf", r"\textit", r"\textsf", r"\texttt", r"\textsc",
    r"\textnormal",
    r"\fbox", r"\intertext", r"\shortintertext", r"\tag", r"\tag*", r"\makebox", r"\parbox", r"\label", r"\textup",
}  # fmt: skip
CITES = {
    r"\cite", r"\citep", r"\citet", r"\citealp", r"\citealt", r"\citeauthor", r"\citeyear", r"\citeyearpar",
    r"\citenum", r"\Citet", r"\Citep", r"\Cite", r"\parencite", r"\textcite", r"\autocite", r"\footcite",
    r"\smartcite", r"\supercite", r"\cites", r"\parencites", r"\textcites", r"\autocites", r"\Parencite", r"\Textcite",
    r"\Autocite", r"\fullcite", r"\footfullcite", r"\citetext", r"\shortcite", r"\newcite", r"\citeN", r"\onlinecite",
    r"\citeA", r"\citeNP", r"\Citealp", r"\Citealt", r"\Citeauthor", r"\citeasnoun", r"\citen", r"\citeonline",
}  # fmt: skip
TEXTUAL_CITES = {
    r"\citet",
    r"\Citet",
    r"\textcite",
    r"\Textcite",
    r"\textcites",
    r"\newcite",
    r"\citeasnoun",
    r"\citeN",
}
REFS = {
    r"\ref", r"\eqref", r"\autoref", r"\cref", r"\Cref", r"\vref", r"\fref", r"\subref", r"\labelcref", r"\zcref",
}  # fmt: skip

# What stands behind a word and is not shown: m {argument}, o [argument] if there is one
UNSHOWN = {
    r"\label": "m", r"\vspace": "m", r"\hspace": "m", r"\includegraphics": "oom", r"\includesvg": "om", r"\color": "om",
    r"\fontsize": "mm", r"\setlength": "mm", r"\addtolength": "mm", r"\rule": "omm", r"\resizebox": "mm",
    r"\scalebox": "m", r"\textcolor": "om", r"\colorbox": "om", r"\fcolorbox": "omm", r"\definecolor": "mmm",
    r"\colorlet": "mm", r"\captionsetup": "om", r"\footnotemark": "o", r"\thispagestyle": "m", r"\pagestyle": "m",
    r"\bibliographystyle": "m", r"\bibliography": "m", r"\hypersetup": "m", r"\raisebox": "moo", r"\parbox": "ooom",
    r"\makebox": "oo", r"\framebox": "oo", r"\rotatebox": "om", r"\setcounter": "mm", r"\addtocounter": "mm",
    r"\stepcounter": "m", r"\refstepcounter": "m", r"\numberwithin": "omm", r"\counterwithin": "mm",
    r"\newcounter": "mo",
    r"\renewcommand": "mm", r"\newtheorem": "mom" "o", r"\theoremstyle": "m", r"\phantomsection": "", r"\index": "m",
    r"\addcontentsline": "mmm", r"\pdfbookmark": "omm", r"\hyphenation": "m", r"\thanks": "m", r"\date": "m",
    r"\cellcolor": "om", r"\rowcolor": "omoo", r"\arrayrulecolor": "om", r"\cmidrule": "", r"\cline": "m",
    r"\specialrule": "mmm", r"\addlinespace": "o", r"\hhline": "m", r"\nocite": "m", r"\linespread": "m",
    r"\enlargethispage": "m", r"\acmConference": "ommm", r"\bibinfo": "m", r"\bibfield": "m", r"\bibnamefont": "",
    r"\citenamefont": "", r"\vskip": "", r"\pagenumbering": "m", r"\markboth": "mm", r"\markright": "m",
    r"\marginpar": "om",
    r"\todo": "om", r"\geometry": "m", r"\graphicspath": "m", r"\DeclareGraphicsExtensions": "m", r"\setlist": "om",
    r"\selectlanguage": "m", r"\hyperref": "o", r"\hyperlink": "m", r"\hypertarget": "m", r"\crefname": "mmm",
    r"\Crefname": "mmm", r"\usetikzlibrary": "m", r"\lstset": "m", r"\tcbset": "m", r"\newcolumntype": "mom",
    r"\newlength": "m", r"\settowidth": "mm", r"\newcommand": "mm", r"\phantom": "m", r"\hphantom": "m",
    r"\vphantom": "m", r"\lowercase": "", r"\and": "", r"\providecommand": "mm", r"\input": "m", r"\twocolumn": "",
    r"\sisetup": "m",
    r"\shortstack": "o", r"\makecell": "o", r"\thead": "o", r"\addbibresource": "om", r"\pgfplotsset": "m",
    r"\newacronym": "ommm", r"\href": "",
    r"\twocolumn[": "", r"\fancyhead": "om", r"\fancyfoot": "om", r"\lhead": "m", r"\rhead": "m", r"\chead": "m",
}  # fmt: skip
ENVIRONMENT_ARGUMENTS = {
    "minipage": "ooom", "multicols": "m", "adjustbox": "m", "subfigure": "oom", "subtable": "oom",
    "wrapfigure": "oommo",
    "wraptable": "oommo", "tabular": "om", "tabular*": "mom", "tabularx": "mom", "tabulary": "mom", "longtable": "om",
    "tabu": "m", "tblr": "om", "NiceTabular": "om", "xltabular": "mom", "supertabular": "m", "longtabu": "m",
    "alignat": "m", "xalignat": "m", "IEEEeqnarray": "om", "thebibliography": "m", "list": "mm", "tcolorbox": "o",
    "array": "om", "spacing": "m", "resizebox": "mm",
}  # fmt: skip

SYMBOLS = {
    r"\%": "%", r"\&": "&", r"\#": "#", r"\_": "_", r"\$": "$", r"\{": "{", r"\}": "}", r"\ ": " ", "\\\n": " ",
    r"\,": " ", r"\;": " ", r"\:": " ", r"\!": "", r"\/": "", r"\-": "", r"\@": "", r"\\": " ", r"\\*": " ",
    r"\newline": " ", r"\linebreak": " ", r"\quad": " ", r"\qquad": " ", r"\hfill": " ", r"\par": "\n\n", r"\S": "§",
    r"\P": "¶", r"\dag": "†", r"\ddag": "‡", r"\dots": "…", r"\ldots": "…", r"\textellipsis": "…", r"\copyright": "©",
    r"\pounds": "£", r"\textbackslash": "\\", r"\textasciitilde": "~", r"\textasciicircum": "^", r"\textbar": "|",
    r"\textless": "<", r"\textgreater": ">", r"\textendash": "–", r"\textemdash": "—", r"\textdegree": "°",
    r"\textquoteright": "’", r"\textquotesingle": "'", r"\textbullet": "•", r"\LaTeX": "LaTeX", r"\TeX": "TeX",
    r"\BibTeX": "BibTeX", r"\today": "", r"\textunderscore": "_", r"\tabularnewline": " ", r"\textregistered": "®",
    r"\texttrademark": "™", r"\slash": "/", r"\lbrack": "[", r"\rbrack": "]", r"\cmark": "✓", r"\xmark": "✗",
    r"\checkmark": "✓", r"\hskip": " ", r"\space": " ", r"\nobreakspace": " ", r"\textsuperscript": "", r"\euro": "€",
    r"\texteuro": "€", r"\textmu": "µ", r"\texttimes": "×", r"\textpm": "±", r"\guillemotleft": "«",
    r"\guillemotright": "»", r"\lq": "‘", r"\rq": "’", r"\newblock": " ", r"\bullet": "•", r"\cr": " ", r"\xspace": "",
}  # fmt: skip
UNSHOWN.pop(r"\twocolumn[")

# Their meaning is ours to read: an author's (or a style's) own version of one changes its looks only.
OWN = frozenset(
    {*LEVELS, *CITES, *REFS, *SYMBOLS, *UNSHOWN, *TEXT_IN_MATH}
    - {r"\todo", r"\cmark", r"\xmark", r"\textsuperscript", r"\bullet", r"\phantom", r"\P", r"\S", r"\dag",
    r"\checkmark"}
    | {
        r"\begin", r"\end", r"\item", r"\caption", r"\captionof", r"\footnote", r"\footnotetext", r"\title", r"\author",
        r"\maketitle", r"\appendix", r"\multicolumn", r"\multirow", r"\hline", r"\toprule", r"\midrule", r"\bottomrule",
        r"\bibitem", r"\tag", r"\nonumber", r"\notag", r"\url", r"\textbf", r"\emph", r"\frac", r"\left", r"\right",
        r"\And", r"\AND", r"\and", r"\affiliation", r"\institute", r"\icmltitle", r"\icmlauthor", r"\abstract",
        r"\normalsize", r"\small", r"\footnotesize", r"\scriptsize", r"\tiny", r"\large", r"\Large", r"\LARGE",
        r"\huge",
        r"\bf", r"\it", r"\rm", r"\sf", r"\tt", r"\sc", r"\em", r"\newcommand", r"\def", r"\section*",
        r"\baselinestretch",
        r"\arraystretch", r"\thefootnote", r"\contentsline", r"\makeatletter", r"\textcolor", r"\underline",
        r"\textsuperscript",
    }
)  # fmt: skip
OWN_ENVIRONMENTS = frozenset(
    {
        *DISPLAYS, *FIGURES, *TABLES, *TABULARS, *SUBFLOATS, "document", "abstract", "thebibliography", "itemize",
        "enumerate", "description", "subequations", "split", "cases", "array", "matrix", "pmatrix", "bmatrix",
    }
)  # fmt: skip
