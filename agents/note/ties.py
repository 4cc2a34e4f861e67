"""How two notes of a lab may stand to each other, the strongest first, and what each is called."""

from typing import Literal

Tie = Literal["dependence", "evolution", "application", "contrast", "citation", "link", "concept"]
TIES: dict[Tie, str] = {
    "dependence": "依赖",  # from what is learnt first to what needs it
    "evolution": "演进",  # from the older to the newer
    "application": "应用",  # from the concept to what uses it
    "contrast": "对比",
    "citation": "引用",  # from the one that cites
    "link": "链接",  # from the one that links
    "concept": "共同概念",
}
