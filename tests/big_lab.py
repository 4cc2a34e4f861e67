"""A lab of any size: the notes of small_lab.py with other names, ids, days, tags and links, the same for each seed."""

import random
from pathlib import Path

from small_lab import BLIP_2, CROSS, notes

AREAS = ("fundamentals", "vision-language", "multimodal-arch", "training", "applications")
_SYLLABLES = "qua rel vin mor tas kel dor pim sul fen gar hob lix nev".split()  # noqa: SIM905 - a list of words
_RELATED = "## 与已有笔记的关联 <!-- field: related -->\n"
_HAN = "注意对比融合投影采样量化蒸馏检索生成推理编码解码位置残差归一化优化梯度"


def write(root: Path, count: int, seed: int = 1) -> None:
    """`count` notes, two in five of them papers, in a folder that is a lab already."""
    dice = random.Random(seed)
    made = notes()
    paper, concept = made[BLIP_2], made[CROSS]
    names = [_name(dice, n) for n in range(count)]
    paths = [_path(name, n) for n, name in enumerate(names)]
    for n, path in enumerate(paths):
        day = f"2026-{dice.randint(1, 11):02}-{dice.randint(1, 28):02}"
        tags = [f"topic-{int(dice.paretovariate(0.6)) % (count // 3 + 3)}" for _ in range(3)]
        text = (
            (paper if n % 5 < 2 else concept).replace("2026-11-02", day).replace("2301.12597", f"23{n:02}.{n:05}"[-10:])
        )
        text = text.replace('"vision-language", "pre-training", "q-former"', ", ".join(f'"{tag}"' for tag in tags))
        text = text.replace('"attention", "fusion"', ", ".join(f'"{tag}"' for tag in tags))
        text = text.replace("BLIP-2", names[n]).replace("Cross-Attention", names[n]).replace("交叉注意力", _han(dice))
        earlier = [dice.randrange(n) for _ in range(3)] if n else []
        mentioned = "，".join(f"它与 {names[m]} 有关" for m in earlier)
        links = "".join(f"- [{names[m]}](../../{paths[m]})（前置）：先读它。\n" for m in earlier[:2] if n % 5 >= 2)
        text = text.replace(_RELATED, f"{_RELATED}\n{links}")
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n{mentioned}。\n", encoding="utf-8")


def _name(dice: random.Random, n: int) -> str:
    return "".join(dice.choices(_SYLLABLES, k=3)).capitalize() + f"-{n}"


def _han(dice: random.Random) -> str:
    return "".join(dice.choices(_HAN, k=4))


def _path(name: str, n: int) -> str:
    return f"papers/{name.lower()}.md" if n % 5 < 2 else f"notes/{AREAS[n % 5]}/{name.lower()}.md"
