"""Numbers are found in any dress, a changed digit is not forgiven, and what only looks like a number is passed over."""

import itertools
import random
import time
from decimal import Decimal
from fractions import Fraction

import pytest

from agents.trust.numbers import missing, numbers


def values(text):
    return [number.value for number in numbers(text)]


def told(text):
    return [number.text for number in numbers(text)]


def exact(*wanted):
    return [Fraction(str(one)) for one in wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("准确率 93.1%，损失 0.42。", [93.1, 0.42]),
        ("共100张图", [100]),
        ("1,024 个，12,800 对，1,234,567.5", [1024, 12800, 1234567.5]),
        ("$12{,}800$ 与 $12\\,800$ 与 12 800", [12800, 12800, 12, 800]),
        ("１２．５％ 与 －３", [12.5, -3]),
        ("$0.5$、$0.93\\%$、\\num{0.25}", [0.5, 0.93, 0.25]),
        ("1e-3 1E+2 1.5e3 2e5。", [0.001, 100, 1500, 200000]),
        ("$10^{-3}$ 10^-3 10⁻³ 10**4 10⁵", [0.001, 0.001, 0.001, 10000, 100000]),
        ("$1.5\\times10^{-3}$ 2×10^{4} 3·10⁻² 1x10^3", [0.0015, 20000, 0.03, 1000]),
        ("−0.9、-0.9、(-0.9)、=-0.9、–0.9", [-0.9, -0.9, -0.9, -0.9, -0.9]),
        ("+1.6", [1.6]),
        ("53.4 ± 4.4；53.4±4.4；$53.4\\pm4.4$", [53.4, 4.4] * 3),
        ("3–5、3-5、3~5、3 到 5、3—5、3 – 5", [3, 5] * 6),
        ("-5 到 -3", [-5, -3]),
        ("129M、7B、100K、1.4T、5k", [129e6, 7e9, 1e5, 1.4e12, 5000]),
        ("1.29 亿、40 万、3 千、5 百万、1.2 万亿", [129e6, 400000, 3000, 5e6, 1.2e12]),
        ("1.8 billion, 3 million, 2 thousand", [1.8e9, 3e6, 2000]),
        ("3 千米，12 MB，5ms，16 bits，2 s，8GB", [3, 12, 5, 16, 2, 8]),
        ("2x、3.2×、3.2 倍、$4\\times$", [2, 3.2, 3.2, 4]),
        ("16×16、224x224、3 × 3", [16, 16, 224, 224, 3, 3]),
        ("提升 1.5 个百分点；百分之 65", [1.5, 65]),
        ("(0.93) [0.93] {0.93} “0.93” 0.93, 0.93; 0.93: 0.93!", [0.93] * 8),
        ("lr=0.003，loss:0.12", [0.003, 0.12]),
        ("第 100 步", [100]),
        (".5 与 0.5", [0.5, 0.5]),
        ("一半，三成，两倍，第二", []),
        ("", []),
    ],
)
def test_numerals_are_read(text, wanted):
    assert values(text) == exact(*wanted)


@pytest.mark.parametrize(
    "text",
    [
        "BLIP-2、ViT-B/16、CLIP-ViT-L/14、GPT-4、Qwen2.5-7B、ResNet50、LLaMA-7B、top-5",
        "conv2d、x1、d_2、h_10、R@1、Recall@5、F1、W2V2、A100-80GB、v1.5、3D、2d、4o",
        "cell [3]、In [12]、Out[3]、单元格 3、第 2 个代码单元",
        "表 3、见图 2、公式 (4)、式 3、附录 2.1、步骤 3、§3.2、第 3 节、3.2 节、第 12 页",
        "Table 3, Figure 2, Fig. 4, Eq. (5), Section 3.2",
        "1. 一\n2. 二\n  3) 三\n- 4、四\n(5) 五\n（6）六\n7）七",
        "## 3.2 训练\n# 1 引言",
        "如 [3] 所示",
        "2026-11-23，12:30，3.11.7，arXiv:2103.00020v2，0x7ffe12",
        "1st, 2nd, 3rd, 10th",
        "$x^2$、$x_1$、$x_{12}$、$2x$、$\\frac{1}{2}(a+b)$、$\\sum_{i=1}^{10} x_i$、$\\log 2$",
        "\\$ ¥",
    ],
)
def test_what_is_no_number_is_passed_over(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("$\\tau = 0.07$", [0.07]),
        ("$N=64$、$\\theta\\approx 3$、$p < 10^{-3}$", [64, 3, 0.001]),
        ("$\\mathcal{L} = 0.5 (a + b)$", [0.5]),
        ("表 3 里的 93.1%", [93.1]),
        ("BLIP-2 达到 65.0", [65]),
        ("方式 3 种，图 2 有 5 条", [3, 5]),
        ("7B 模型（LLaMA-7B）", [7e9]),
        ("1.5 倍于基线", [1.5]),
        ("in 3 runs, for 4-bit and 12-layer models", [3, 4, 12]),
        ("τ=0.07，α 为 0.1", [0.07, 0.1]),
    ],
)
def test_a_number_among_labels_and_symbols_is_read(text, wanted):
    assert values(text) == exact(*wanted)


def test_a_fraction_has_a_value_and_two_parts():
    (half,) = numbers("1/2")
    assert half.value == Fraction(1, 2) and [part.value for part in half.parts] == [1, 2]
    assert values("$\\frac{3}{4}$ 与 141/162 条") == [Fraction(3, 4), Fraction(141, 162)]
    assert missing("答对 141/162", "141 of 162") == [] == missing("1/2", "0.5") == missing("0.25", "1/4")
    assert missing("答对 140/162", "141 of 162") == ["140/162"]
    assert values("1/0 和 5") == [5]


@pytest.mark.parametrize(
    ("text", "unit", "decimals", "step"),
    [
        ("93.10%", "%", 2, "0.01"),
        ("3 倍", "×", 0, "1"),
        ("1.29 亿", "", 2, "1000000"),
        ("1.5e-3", "", 1, "0.0001"),
        ("百分之 65", "%", 0, "1"),
    ],
)
def test_a_number_knows_its_unit_and_what_it_shows(text, unit, decimals, step):
    (number,) = numbers(text)
    assert (number.unit, number.decimals, number.step) == (unit, decimals, Fraction(step))


@pytest.mark.parametrize(
    ("text", "about"),
    [
        *(
            (f"{word}0.93", True)
            for word in ("约 ", "约", "大约", "大约为 ", "接近 ", "近 ", "≈", "~", "约 $", "约（", "约等于 ")
        ),
        *((f"0.93{word}", True) for word in (" 左右", "左右", " 上下", "% 左右", " 秒左右")),
        ("about 0.93", True),
        ("$\\tau \\approx 0.93$", True),
        ("约 3–0.93", True),
        ("最近 0.93", False),
        ("为 0.93", False),
        ("约 3 个，0.93", False),
        ("3~0.93", False),
        ("0.93，左右", False),
    ],
)
def test_rounding_is_told_by_words(text, about):
    assert numbers(text)[-1].about is about


SAME = [
    ("1,024", "1024"),
    ("93.1%", "93.1"),
    ("93.1%", "0.931"),
    ("0.931", "93.1%"),
    ("93.1", "93.1 %"),
    ("65.0", "65"),
    ("3.2 倍", "3.2x"),
    ("3.2×", "speedup 3.2"),
    ("1.29 亿", "129M"),
    ("129M", "129,000,000"),
    ("40 万", "400K"),
    ("1e-3", "0.001"),
    ("$10^{-3}$", "1e-03"),
    ("0.001", "$1\\times10^{-3}$"),
    ("−0.9", "-0.9"),
    ("下降 0.9", "-0.9"),
    ("低了约 0.9 个百分点", "delta: -0.9%"),
    ("53.4 ± 4.4", "mean 53.4 std 4.4"),
    ("3–5", "from 3 to 5"),
    ("3–5 万", "30000 50000"),
    ("3–5%", "0.03 0.05"),
    ("约 0.93", "0.9312"),
    ("0.93 左右", "0.9312"),
    ("约 93%", "0.9312"),
    ("约 93.1%", "93.12%"),
    ("约 0.93", "93.12%"),
    ("约 1.3 亿", "129,000,000"),
    ("约 12,000", "11,987"),
    ("约 100 步", "98"),
    ("约 −0.9", "-0.93"),
    ("第 100 步", "step100: 0.5"),
    ("16×16", "(16, 16)"),
    ("12 个", "x_12"),
    ("１２．５％", "12.5%"),
    ("64", "torch.Size([64, 3])"),
    ("3", "epoch 3/10"),
    ("0.5", "[0.1,0.5,-0.2]"),
]


@pytest.mark.parametrize(("text", "outputs"), SAME)
def test_the_same_number_in_other_dress_is_found(text, outputs):
    assert numbers(text) and missing(text, outputs) == []


OTHER = [
    ("0.93", "0.9312"),
    ("0.9", "0.93"),
    ("93", "93.1"),
    ("94.1%", "93.1%"),
    ("0.931%", "0.931 %1 93.1%"[:0] + "93.1%"),
    ("31.9", "93.1"),
    ("9.31", "93.1"),
    ("0.9", "-0.9"),
    ("-0.9", "0.9"),
    ("上升 0.9", "-0.9"),
    ("1.29 万", "129M"),
    ("129K", "129M"),
    ("1e-3", "1e-4"),
    ("10^{-3}", "10 3"),
    ("约 0.94", "0.9312"),
    ("约 0.50", "0.54"),
    ("约 100", "140"),
    ("约 0.9312", "0.93"),
    ("约 60%", "0.54"),
    ("3–6", "3 5"),
    ("53.4 ± 4.5", "53.4 4.4"),
    ("1024", "102 4"),
    ("2.5 倍", "3.2x"),
    ("5%", "0.5"),
    ("0.5", "5%"),
    ("65", "0.65"),
    ("7", ""),
]


@pytest.mark.parametrize(("text", "outputs"), OTHER)
def test_another_number_is_missing(text, outputs):
    assert len(missing(text, outputs)) == 1


def test_missing_gives_each_place_as_it_is_written():
    outputs = "loss 0.42\nacc 0.931"
    text = "准确率 93.1%，损失从 1.73 降到 0.42，约提升 2.5 倍；1.73 是起点。"
    assert missing(text, outputs) == ["1.73", "2.5 倍", "1.73"]


@pytest.mark.parametrize(
    "text",
    ["9" * 5000, "1e999999999", "1,000" + ",000" * 5000, "9" * 5000 + "/3", "10^{99999999}", "½", "1" + "亿" * 50],
)
def test_numbers_of_no_size_cost_nothing(text):
    began = time.perf_counter()
    numbers(text)
    missing(text, text)
    assert time.perf_counter() - began < 1


def test_long_texts_are_read_in_time():
    outputs = "\n".join(f"step {n}: loss {n / 7:.4f}, accuracy {n % 100}.5%" for n in range(20_000))
    began = time.perf_counter()
    assert missing("第 19999 步的损失是 2857.0000。", outputs) == []
    assert len(numbers(outputs[:200_000])) > 10_000
    assert time.perf_counter() - began < 8


# ---- by chance, from a fixed seed


def dressed(rng, value):
    """A value (Decimal) in one of its dresses, all of which mean exactly it."""
    plain = f"{value:f}"
    whole = value == value.to_integral_value()
    dresses = [
        plain,
        f" {plain} ",
        f"${plain}$",
        f"{value:e}",
        plain.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ]
    dresses.append(f"{value:,f}")
    dresses.append(f"{plain.replace('-', '−')}")
    mantissa, _, exponent = f"{value:E}".partition("E")
    dresses += [f"${mantissa}\\times10^{{{int(exponent)}}}$", f"{mantissa}×10^{int(exponent)}"]
    if whole and value and value % 1000 == 0:
        dresses += [f"{value / 1000:f}K", f"{(value / 10000).normalize():f} 万"]
    dresses += [f"{value * 100:f}%", f"百分之 {value * 100:f}"]
    return rng.choice(dresses)


def chosen(rng):
    kind = rng.randrange(4)
    if kind == 0:
        return Decimal(rng.randrange(1, 500))
    if kind == 1:
        return Decimal(rng.randrange(1, 90)) * 1000
    return Decimal(rng.randrange(1, 10_000)).scaleb(-rng.randrange(1, 5)) * rng.choice((1, 1, -1))


@pytest.mark.parametrize("seed", range(400))
def test_any_dress_proves_any_other(seed):
    rng = random.Random(seed)
    stated = [chosen(rng) for _ in range(rng.randrange(1, 6))]
    note = "，".join(f"得到 {dressed(rng, value)} 分" for value in stated)
    outputs = "\n".join(f"x: {dressed(rng, value)}" for value in rng.sample(stated, len(stated)))
    assert len(numbers(note)) == len(stated), note
    assert missing(note, outputs) == [], (note, outputs)


@pytest.mark.parametrize("seed", range(400))
def test_a_changed_digit_is_caught_in_any_dress(seed):
    rng = random.Random(seed)
    true = chosen(rng)
    digits = list(f"{true:f}")
    place = rng.choice([n for n, char in enumerate(digits) if char.isdigit()])
    digits[place] = rng.choice([digit for digit in "123456789" if digit != digits[place]])
    false = Decimal("".join(digits))
    outputs = f"x: {dressed(rng, true)}"
    # a percent sign on either side lets 0.93 stand for 93, which a changed digit must not happen to be
    if false in {true * 100, true / 100}:
        return
    assert len(missing(f"得到 {dressed(rng, false)} 分", outputs)) == 1, (false, outputs)


@pytest.mark.parametrize("seed", range(200))
def test_rounding_is_forgiven_where_it_is_said_and_only_there(seed):
    rng = random.Random(seed)
    value = Decimal(rng.randrange(10_000, 100_000)).scaleb(-rng.randrange(3, 6))
    rounded = round(value, rng.randrange(2) + 1)
    if rounded in {value, 0}:
        return
    step = Decimal(1).scaleb(rounded.as_tuple().exponent)
    assert missing(f"约 {rounded}", f"{value}") == []
    assert missing(f"{rounded}", f"{value}") == [str(rounded)]
    assert len(missing(f"约 {rounded + 2 * step}", f"{value}")) == 1


@pytest.mark.parametrize("seed", range(200))
def test_places_are_right_in_any_text(seed):
    rng = random.Random(seed)
    alphabet = "0123456789" * 3 + ".,-−–~±×xeE%％^{}$\\/()[]@_ \n约亿万倍第表KMBab１２⁻³½年节、，。"
    text = "".join(rng.choice(alphabet) for _ in range(rng.randrange(200)))
    found = numbers(text)
    assert all(text[number.start : number.end] == number.text for number in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    missing(text, text)
