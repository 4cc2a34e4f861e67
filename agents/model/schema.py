"""The JSON schema of a reply as text, for endpoints that take none."""

import json
from functools import cache

from pydantic import BaseModel


@cache
def as_text(reply: type[BaseModel]) -> str:
    """The schema for a prompt: many endpoints that speak Claude's protocol ignore `output_config` in silence."""
    schema = json.dumps(reply.model_json_schema(), ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object, nothing before or after it, that holds this JSON schema:\n{schema}"
