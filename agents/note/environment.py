"""What a notebook needs: the packages that it imports, each with its reason, and the line that installs them.

- `torch`：张量、自动求导与优化器。

安装：`python -m pip install torch`
"""

import re
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from agents.note.section import Body, Part
from agents.note.text import Line

# Named by us and not by the model: who installs a package that a model made up installs whatever waits under that name.
Library = Literal["torch", "numpy", "matplotlib", "scipy", "sklearn", "pandas", "einops", "tqdm"]
_INSTALLED_AS = {"sklearn": "scikit-learn"}
_PACKAGE = re.compile(r"- `(?P<name>\w+)`：(?P<reason>.+)")
_INSTALL = "安装："


class Package(Part):
    name: Library = Field(description="the name it is imported by")
    reason: Line = Field(description="what it is used for, in Chinese")


def _show(packages: Sequence[Package]) -> str:
    lines = [f"- `{package.name}`：{package.reason}" for package in packages]
    names = " ".join(_INSTALLED_AS.get(package.name, package.name) for package in packages)
    return "\n".join([*lines, "", f"{_INSTALL}`python -m pip install {names}`"])


def _read(text: str) -> list[dict[str, Any]]:
    lines = [line for line in text.split("\n") if line and not line.startswith(_INSTALL)]
    found = [_PACKAGE.fullmatch(line) for line in lines]
    if not all(found):
        raise ValueError("each line here is `` - `package`：reason ``")
    return [match.groupdict() for match in found if match]


ENVIRONMENT = Body(_show, _read)
