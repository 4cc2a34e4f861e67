r"""How numbers are written: the grammar behind numbers.py, for Chinese and English prose, TeX and printed output.

A numeral is digits with their separators, an exponent in any notation (1e-3, $1\times10^{-3}$, 10⁻³), then a magnitude
(K, M, B, 万, 亿) and a percent sign or ×. Chinese numerals (三成) are left alone.
"""

import re

# One character for one, so that places stay places. A full-width comma stays: it parts clauses, not thousands.
FOLDED = str.maketrans(
    {chr(0xFF10 + n): str(n) for n in range(10)}
    | dict.fromkeys("−－﹣‒–—", "-")
    | {"％": "%", "﹪": "%", "．": ".", "＋": "+", "∼": "~", "～": "~", "⁓": "~", "µ": "u", "μ": "u", "\u00a0": " "}
)
SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
MINUS = frozenset("-−－﹣‒–")  # of the unfolded text: a long dash parts clauses

SEPARATOR = re.compile(r",|\{,\}|\\,|[\u2009\u202f']")
_DIGITS = rf"(?:\d{{1,3}}(?:(?:{SEPARATOR.pattern})\d{{3}})+(?!\d)|\d+)(?:\.\d+)?|(?<![\w.\])])\.\d+"
_TEN = r"10\s*(?:(?:\^|\*\*)\s*\{?\s*(?P<NAME>[-+]?\d+)(?:\s*\})?|(?P<NAME_up>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
NUMERAL = re.compile(
    rf"(?<![\d.]){_TEN.replace('NAME', 'alone')}"
    rf"|(?P<digits>{_DIGITS})"
    rf"(?:[eE](?P<e>[-+]?\d+)(?!\w|\.\d)|\s*(?:×|x|\*|·|\\times|\\cdot)\s*{_TEN.replace('NAME', 'times')})?",
    re.ASCII,
)
FRACTION = re.compile(
    r"(?<![\d/.\w])(\d+)\s?/\s?(\d+)(?![\d/.\w])|\\[td]?frac\s*\{(\d+)\}\s*\{(\d+)\}",
    re.ASCII,
)

MAGNITUDES = {"百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12}
MAGNITUDES |= {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
MAGNITUDES |= {"K": 3, "k": 3, "M": 6, "B": 9, "T": 12}
MAGNITUDE = re.compile(
    r" ?(百万|千万|万亿|[十百千]亿|百(?!分)|千(?![米克瓦卡])|万|亿|(?:hundred|thousand|million|billion|trillion)\b)"
    r"|([KkMBT]| [KMB])(?![A-Za-z0-9])"
)
PERCENT = re.compile(r"\s*(?:\\,)?\s*\\?%|\s*(?:个)?百分点|\s*percent(?:age points?)?\b|\s?pp\b")
TIMES = re.compile(r"\s*(?:×|\\times)(?!\s*[\d\\$])|x(?![A-Za-z0-9])|\s*倍")
HUNDREDTHS = re.compile(r"百分之\s*$")
UNIT = re.compile(
    r"(?:(?:[mun]?s|min|h|px|bits?|[KMGT]i?B|[kMG]?Hz|[GTM]?FLOPs?|fps|[cmk]?m|kg|g|dB|W|V|pp)(?![A-Za-z0-9])|x(?=\d))"
)
LETTER_BEFORE = re.compile(r"[A-Za-z_\u0370-\u03ff]$")
MAY_STAND_BEFORE = re.compile(r"\\[A-Za-z]+$|\dx$")  # \approx0.9, 16x16

# what is said of a numeral, before it and after it
ABOUT = re.compile(
    r"(?:约莫|约|大概|近似|接近|将近|(?<!最)近|≈|(?<![\d%])(?<![\d%]\s)~|\\approx|\\sim(?:eq)?"
    r"|\b(?:about|around|approximately|approx\.?|roughly|nearly|almost))"
    r"\s*(?:等于|为|是|有|在|占)?\s*[$({（]*\s*$",
    re.IGNORECASE,
)
ABOUT_AFTER = re.compile(r"[^\d，。；、,;\n]{0,4}(?:左右|上下)")
FALL = re.compile(
    r"(?:下降|降低|减少|下滑|回落|落后|[降减跌低少短]|\b(?:drop|decreas|reduc|fell|lower|below|worse|less)\w*)"
    r"[^\d，。；,;\n]{0,6}$",
    re.IGNORECASE,
)
DASH = re.compile(r"\s*\$?\s*(?:-|~|--|\\sim)\s*\$?\s*")
TO = re.compile(r"\s*\$?\s*(?:到|至|to)\s*\$?\s*")

# What has digits and is no number.
_AFTER_NOTHING = r"(?:(?<![\u4e00-\u9fff])|(?<=[见如在由据与和从对即按]))"
LABELS = tuple(
    re.compile(pattern, flags | re.ASCII)
    for pattern, flags in (
        (r"(?<![A-Za-z0-9_\\])[A-Za-z_]\w*(?:[-/.@][A-Za-z0-9]+(?:\.\d+)*)*", 0),  # BLIP-2, ViT-B/16, conv2d, R@5
        (r"\b0x[0-9a-fA-F]+", 0),
        (r"(?<![\d.])\d+(?:\.\d+){2,}", 0),  # a version
        (r"(?<!\d)\d{4}[-/]\d{1,2}[-/]\d{1,2}(?!\d)|(?<![\d:.])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])", 0),  # a date, a time
        (r"arxiv\W{0,3}\d{4}\.\d{4,5}(?:v\d+)?", re.IGNORECASE),
        (r"^[ \t>]*(?:[-*+]\s+)?(?:\d{1,2}[.)、）](?!\d)|[(（]\d{1,2}[)）])", re.MULTILINE),  # the number of a list
        (r"^#+\s*\d+(?:\.\d+)*", re.MULTILINE),  # and of a heading
        (
            (
                r"\b(?:Tables?|Tab\.|Figures?|Figs?\.|Eqs?\.|Equations?|Sections?|Secs?\.|Chapter|Appendix|Algorithm"
                r"|Theorem|Lemma|Cell)\s*[(\[]?\d+(?:\.\d+)*|\b(?:In|Out)\s*\[\d+\]"
            ),
            re.IGNORECASE,
        ),
        (rf"(?:{_AFTER_NOTHING}(?:表|图|式)|公式|附录|单元格?|步骤|§)\s*[(\[（]?\d+(?:\.\d+)*", 0),
        (r"第\s*\d+(?:\.\d+)*\s*(?:[节章页条点版]|个?\s*(?:代码)?单元)|(?<![\d.])\d+(?:\.\d+)+\s*节", 0),
        (r"(?<![\w)])\[\d{1,3}\]", 0),  # a citation
        (r"(?<!\d)\d+(?:st|nd|rd|th)\b", 0),
    )
)

# Formulas: where symbols stand, a whole number mostly builds the formula and states nothing.
MATH = re.compile(r"(?<!\\)\$\$.+?\$\$|(?<![\\$])\$[^$\n]+?\$", re.DOTALL)
SYMBOL = re.compile(r"[A-Za-z\u0370-\u03ff]")
NO_SYMBOL = re.compile(r"\\(?:times|cdot|pm|approx|sim|[td]?frac|text|mathrm|mathbf)|[eE](?=[-+]?\d)")
INDEX = re.compile(r"(?P<ten>(?<!\d)10\s*)?[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?[A-Za-z0-9])")
RELATION = re.compile(r"(?:[=<>≈≤≥:±]|\\(?:approx|simeq|sim|leq?|geq?|pm|in|to)(?![A-Za-z]))[\s{\\,]*[-+]?\s*$")
