"""A number of an English sentence in a Chinese statement, in one of the dresses that such a note gives it."""

import re
from decimal import Decimal
from random import Random

from statements import HOLE

# A number with its unit; what stands around it must not make it a part of something else.
_NUMBER = re.compile(
    r"(?<![\w.,/^=+±–−:-])(?<!\d )(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<unit>\s?%| ?percent\b|\s?[kKMB]\b|x\b| (?:thousand|million|billion)\b)?"
    r"(?![\w/=±^)]|[.,:]\d|[–-]\w|\s\d{3}\b|\s?[×·]|\.$(?<=\s\d\.))"
)
_LABEL = re.compile(
    r"\b(?:tables?|figures?|figs?\.?|sections?|secs?\.?|eqn?s?\.?|equations?|appendix|chapter|algorithm|page|al\.,?)"
    r"(?:\s*\(?[\d.]+\)?(?:,|\s?and|\s?or|\s?to|-|–))*$",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Z][\w.-]*$")  # LLaMA 2, and what is meant by the 7 of Apollo 7
_YEAR = re.compile(r"(?:18|19|20)\d\d")
NOUNS = {
    "day": "天", "hour": "小时", "minute": "分钟", "second": "秒", "year": "年", "layer": "层", "step": "步",
    "token": "个 token", "parameter": "个参数", "epoch": "轮", "image": "张图", "GPU": "块 GPU", "head": "个头",
    "example": "个样本", "sentence": "个句子", "word": "个词", "point": "个点", "GB": " GB", "MB": " MB",
}  # fmt: skip
_FRAMES = ("{names}文中给出的数是 {}。", "{names}作者报告的是 {}。", "{names}这一项达到 {}。", "{names}这里用了 {}。")
_PROPER = re.compile(  # a name within the sentence stays English
    r"(?<=[a-z,] )(?!Tab|Fig|Sec|Eq|App|Alg)[A-Z][A-Za-z-]*[A-Za-z](?![\w-])"
)
_NEAR = re.compile(r"(?<![\w-])[A-Za-z][a-z]{4,}(?![\w-])")
_WINDOW = 40  # characters around a number in which it is said what it is the number of
_TERMS = {
    "accuracy": "准确率", "batch": "批", "checkpoints": "检查点", "dataset": "数据集", "dimension": "维度",
    "encoder": "编码器", "decoder": "解码器", "epochs": "轮", "examples": "样本", "frozen": "冻结",
    "gradient": "梯度", "images": "图像", "languages": "语言", "layers": "层", "learning": "学习",
    "length": "长度", "memory": "显存", "model": "模型", "models": "模型", "parameters": "参数",
    "performance": "性能", "pretrained": "预训练", "prompts": "提示", "results": "结果", "sentences": "句子",
    "sentence": "句子", "sequence": "序列", "smoothing": "平滑", "steps": "步", "temperature": "温度",
    "tokens": "token", "trained": "训练", "training": "训练", "vocabulary": "词表", "weight": "权重",
    "decay": "衰减",
}  # fmt: skip
_WORTH = {"k": 3, "K": 3, "M": 6, "B": 9, "thousand": 3, "million": 6, "billion": 9}


def dressed(sentence: str, dice: Random) -> list[tuple[str, str]]:
    """For each number that the sentence states: a Chinese text with a hole, and what goes there."""
    return [_statement(sentence, number, dice) for number in _NUMBER.finditer(sentence) if _is_stated(sentence, number)]


def _statement(sentence: str, number: re.Match[str], dice: Random) -> tuple[str, str]:
    noun = re.match(r"\s?([A-Za-z]+?)s?\b", sentence[number.end() :])
    after = NOUNS.get(noun[1], "") if noun else ""
    if noun and not after and re.fullmatch(r"[A-Z]{2,}\w*", noun[1]):
        after = f" {noun[1]}"  # BLEU
    glue = " " if after and after[0] != " " else ""
    piece = f"{_dress(number['digits'], (number['unit'] or '').strip(), dice)}{glue}{after}"
    names = "、".join(_subject(sentence, number))
    return dice.choice(_FRAMES).format(HOLE, names=f"就 {names} 而言，" if names else ""), piece


def _subject(sentence: str, number: re.Match[str]) -> list[str]:
    """What it is the number of, by the names in the sentence and the longest words around it."""
    start = max(0, sentence.rfind(" ", 0, max(0, number.start() - _WINDOW)))
    around = sentence[start : number.end() + _WINDOW].rpartition(" ")[0]
    words = [_TERMS.get(word.casefold(), word) for word in sorted(_NEAR.findall(around), key=len, reverse=True)[:2]]
    return list(dict.fromkeys([*_PROPER.findall(sentence)[:2], *words]))


def _is_stated(sentence: str, number: re.Match[str]) -> bool:
    """No label, no year, no part of a name, no citation."""
    before, after = sentence[: number.start()], sentence[number.end() :]
    cited = before.count("[") > before.count("]") or (before.endswith("(") and after.startswith(")"))
    year = _YEAR.fullmatch(number["digits"]) and not number["unit"]
    bare = before.rstrip(" (")
    return not (cited or year or _LABEL.search(bare) or _NAME.search(bare))


def _dress(digits: str, unit: str, dice: Random) -> str:
    bare = digits.replace(",", "")
    if unit in {"%", "percent"}:
        return dice.choice((f"{bare}%", f"百分之 {bare}"))
    if unit == "x":
        return f"{bare} 倍"
    if unit in _WORTH:
        spoken = _in_ten_thousands(Decimal(bare) * 10 ** _WORTH[unit])
        return dice.choice((f"{bare}{unit[0].upper()}" if len(unit) == 1 else spoken, spoken))
    if "," in digits:
        spoken = _in_ten_thousands(Decimal(bare))
        return dice.choice((digits, bare, spoken))
    return dice.choice((bare, bare, bare, _rounded(bare)))


def _rounded(bare: str) -> str:
    """To two digits, and said so: 约 28 for 28.4; as it is where it has no more."""
    value = Decimal(bare)
    digits = len(value.as_tuple().digits)
    shown = f"{value:.2g}" if digits > 2 else ""
    return f"约 {Decimal(shown):f}" if shown and Decimal(shown) != value else bare


def _in_ten_thousands(value: Decimal) -> str:
    for power, sign in ((8, "亿"), (4, "万")):
        if value >= 10**power:
            return f"{(value / 10**power).normalize():f} {sign}"
    return f"{value.normalize():f}"
