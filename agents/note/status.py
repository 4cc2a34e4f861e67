"""How far a paper has been read, as front matter and the reading list say it."""

from collections.abc import Mapping
from typing import Literal

Status = Literal["unread", "reading", "read"]
STATUSES: Mapping[Status, tuple[str, str]] = {
    "unread": ("⬜", "未读"),
    "reading": ("📖", "在读"),
    "read": ("✅", "已读"),
}
