r"""Formulas of the papers with every symbol explained, written by hand from what the papers print.

A tuple of symbols shares its base, as $W_1$ and $W_2$ do: who explains one of them has explained the base.
"""

import re
from dataclasses import dataclass

from statements import Statement

FORMULA = "method.formulas.items.0"


@dataclass(frozen=True, slots=True)
class Known:
    number: str  # as printed, "" where there is none
    tex: str
    symbols: tuple[tuple[str, ...], ...]
    also: tuple[str, ...] = ()  # symbols that a note may as well leave out: indices, and names of functions


_PI = (r"\pi_\theta", r"\pi_{\text{ref}}")
_Y = ("y_w", "y_l")
_KETS = (r"\alpha", r"\beta", "g", "x", "A", "B")
KNOWN: dict[str, tuple[Known, ...]] = {
    "1706.03762": (
        Known(
            "1",
            r"\mathrm{Attention}(Q, K, V) = \mathrm{softmax}(\frac{QK^T}{\sqrt{d_k}})V",
            (("Q",), ("K",), ("V",), ("d_k",)),
        ),
        Known("2", r"\mathrm{FFN}(x)=\max(0, xW_1 + b_1) W_2 + b_2", (("x",), ("W_1", "W_2"), ("b_1", "b_2"))),
        Known(
            "3",
            r"lrate = d_{\text{model}}^{-0.5} \cdot"
            r" \min({step\_num}^{-0.5}, {step\_num} \cdot {warmup\_steps}^{-1.5})",
            (("lrate",), (r"d_{\text{model}}",), (r"step\_num",), (r"warmup\_steps",)),
        ),
    ),
    "9802040": (
        Known(
            "1",
            r"U_f : {| x \rangle}{| y \rangle} \mapsto {| x \rangle}{| f(x) \oplus y \rangle}",
            (("U_f",), ("x",), ("y",), ("f",)),
        ),
        Known(
            "4",
            r"g(x_1,\ldots,x_{n-m}) = \bigwedge_{y \in \{0,1\}^m} f(x_1,\ldots,x_{n-m},y_1,\ldots,y_m)",
            (("g",), ("x_1", "x_{n-m}"), ("y", "y_1", "y_m"), ("f",)),
            ("n", "m"),
        ),
        Known("6", r"\bigvee_{x \in \{0,1\}^{n-m}} g(x_1,\ldots,x_{n-m})", (("x", "x_1"), ("g",)), ("n", "m")),
        Known(
            "7",
            r"\alpha {| g(x) \rangle}{| A \rangle} + \beta {| \overline{g(x)} \rangle}{| B \rangle}",
            tuple((symbol,) for symbol in _KETS),
        ),
        Known(
            "8",
            r"{| z \rangle}\left(\alpha {| g(x) \rangle}{| A \rangle}"
            r" + \beta {| \overline{g(x)} \rangle}{| B \rangle}\right)",
            tuple((symbol,) for symbol in ("z", *_KETS)),
        ),
        Known(
            "11",
            r"\sum_{z \in \{0,1\} \atop x \in \{0,1\}^{n-m}}"
            r" \lambda_{z,x} {| z \rangle}{| x_1,\ldots,x_{n-m} \rangle}{| 0,\ldots,0 \rangle}",
            ((r"\lambda_{z,x}",), ("z",), ("x", "x_1")),
            ("n", "m"),
        ),
    ),
    "2106.09685": (
        Known(
            "1",
            r"\max_{\Phi} \sum_{(x,y)\in\mathcal{Z}} \sum_{t=1}^{|y|} \log\left(P_{\Phi}(y_t \mid x, y_{<t})\right)",
            ((r"\Phi",), ("x",), (r"\mathcal{Z}",), (r"P_{\Phi}",), ("y", "y_t", "y_{<t}")),
            ("t",),
        ),
        Known(
            "2",
            r"\max_{\Theta} \sum_{(x,y)\in\mathcal{Z}} \sum_{t=1}^{|y|}"
            r" \log\left(p_{\Phi_0+\Delta\Phi(\Theta)}(y_t \mid x, y_{<t})\right)",
            ((r"\Theta",), ("x",), (r"\mathcal{Z}",), (r"p_{\Phi_0+\Delta\Phi(\Theta)}",), ("y", "y_t", "y_{<t}")),
            ("t", r"\Phi_0", r"\Delta\Phi"),
        ),
        Known(
            "3",
            r"h = W_0 x + \Delta W x = W_0 x + B A x",
            (("h",), ("W_0", r"\Delta W"), ("x",), ("B",), ("A",)),
        ),
        Known(
            "4",
            r"\phi(A_{r=8}, A_{r=64}, i, j) ="
            r" \frac{\|U_{A_{r=8}}^{i\top} U_{A_{r=64}}^{j}\|_F^2}{\min(i,j)} \in [0,1]",
            ((r"\phi",), ("A_{r=8}", "A_{r=64}"), ("i",), ("j",), ("U_{A_{r=8}}^{i}", "U_{A_{r=64}}^{j}")),
            ("r",),
        ),
    ),
    "2305.18290": (
        Known(
            "1",
            r"p^*(y_1 \succ y_2 \mid x) = \frac{\exp(r^*(x,y_1))}{\exp(r^*(x,y_1)) + \exp(r^*(x,y_2))}",
            (("p^*",), ("y_1", "y_2"), ("x",), ("r^*",)),
        ),
        Known(
            "2",
            r"\mathcal{L}_R(r_\phi, \mathcal{D}) = -\mathbb{E}_{(x,y_w,y_l)\sim\mathcal{D}}"
            r"\left[\log\sigma\left(r_\phi(x,y_w) - r_\phi(x,y_l)\right)\right]",
            ((r"\mathcal{L}_R",), (r"r_\phi",), (r"\mathcal{D}",), ("x",), _Y, (r"\sigma",)),
            (r"\mathbb{E}",),
        ),
        Known(
            "3",
            r"\max_{\pi_\theta} \mathbb{E}_{x\sim\mathcal{D},\, y\sim\pi_\theta(y\mid x)}\left[r_\phi(x,y)\right]"
            r" - \beta\,\mathbb{D}_{\text{KL}}\left[\pi_\theta(y\mid x) \,\|\, \pi_{\text{ref}}(y\mid x)\right]",
            (_PI, ("x",), (r"\mathcal{D}",), ("y",), (r"r_\phi",), (r"\beta",), (r"\mathbb{D}_{\text{KL}}",)),
            (r"\mathbb{E}",),
        ),
        Known(
            "4",
            r"\pi_r(y\mid x) ="
            r" \frac{1}{Z(x)} \pi_{\text{ref}}(y\mid x) \exp\left(\frac{1}{\beta} r(x,y)\right)",
            ((r"\pi_r", r"\pi_{\text{ref}}"), ("y",), ("x",), ("Z",), (r"\beta",), ("r",)),
        ),
        Known(
            "5",
            r"r(x,y) = \beta\log\frac{\pi_r(y\mid x)}{\pi_{\text{ref}}(y\mid x)} + \beta\log Z(x)",
            (("r",), ("x",), ("y",), (r"\beta",), (r"\pi_r", r"\pi_{\text{ref}}"), ("Z",)),
        ),
        Known(
            "7",
            r"\mathcal{L}_{\text{DPO}}(\pi_\theta; \pi_{\text{ref}}) = -\mathbb{E}_{(x,y_w,y_l)\sim\mathcal{D}}"
            r"\left[\log\sigma\left(\beta\log\frac{\pi_\theta(y_w\mid x)}{\pi_{\text{ref}}(y_w\mid x)}"
            r" - \beta\log\frac{\pi_\theta(y_l\mid x)}{\pi_{\text{ref}}(y_l\mid x)}\right)\right]",
            ((r"\mathcal{L}_{\text{DPO}}",), _PI, ("x",), _Y, (r"\mathcal{D}",), (r"\sigma",), (r"\beta",)),
            (r"\mathbb{E}",),
        ),
    ),
    "2303.15343": (
        Known(
            "",
            r"-\frac{1}{|\mathcal{B}|} \sum_{i=1}^{|\mathcal{B}|} \sum_{j=1}^{|\mathcal{B}|}"
            r" \log \frac{1}{1 + e^{z_{ij}(-t \mathbf{x}_i \cdot \mathbf{y}_j + b)}}",
            ((r"\mathcal{B}",), ("z_{ij}",), ("t",), (r"\mathbf{x}_i",), (r"\mathbf{y}_j",), ("b",)),
            ("i", "j"),
        ),
    ),
}
_BRACE = re.compile(r"(?<!\\)[{}]")


def formulas(paper: str, *, exact: bool) -> list[Statement]:
    """As they are, and with other spaces and other commands for the same letters; `exact`: the source has their TeX."""
    known = KNOWN.get(paper, ())
    return [_statement(one, tex, exact=exact) for one in known for tex in dict.fromkeys((one.tex, dressed(one.tex)))]


def dressed(tex: str) -> str:
    return re.sub(r"(?<=[,=+]) ?", r" ", tex).replace(r"\mathrm", r"\operatorname").replace(r"\text{", r"\mathrm{")


def _statement(known: Known, tex: str, *, exact: bool) -> Statement:
    explained = [*(symbol for group in known.symbols for symbol in group), *known.also]
    data = {
        "tex": tex,
        "equation": known.number,
        "page": 0,
        "meaning": "这个式子是方法的核心。",
        "symbols": [_row(symbol) for symbol in explained],
    }
    shorter = [
        data | {"symbols": [_row(symbol) for symbol in explained if symbol not in group]} for group in known.symbols
    ]
    lost = [tex[: brace.start()] + tex[brace.end() :] for brace in _BRACE.finditer(tex)]
    others = {
        "symbol not in the table": tuple(shorter),
        "brace lost": tuple(data | {"tex": broken} for broken in lost),
    }
    if exact:
        fewer = [one for group in known.symbols for symbol in group for one in without(tex, symbol)]
        others["symbol not in the formula"] = tuple(data | {"tex": one} for one in fewer)
    return Statement("formula", FORMULA, data, others=others)


def _row(symbol: str) -> dict[str, str]:
    return {"symbol": symbol, "meaning": "文中定义的量"}


def without(tex: str, symbol: str) -> list[str]:
    """The formula without this symbol, at each of its places."""
    alone = re.compile(rf"(?<![A-Za-z\\_]){re.escape(symbol)}(?![A-Za-z_])")
    return [f"{tex[: found.start()]}{tex[found.end() :]}" for found in alone.finditer(tex)]
