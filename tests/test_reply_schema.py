import json
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field
from schema_limits import MOST_OPTIONAL, MOST_UNIONS, limits

from agents.model.judge import judge
from agents.model.parse import json_object
from agents.model.schema import as_text
from agents.note.paper import PaperReply


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    setting: str
    delta: float | None = None


class Small(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=2)
    rows: list[Row] = []
    kind: Literal["table", "text"] = "text"


GOOD = '{"title": "对比学习", "rows": [{"setting": "a"}]}'


def nothing_wrong(reply):
    return []


def test_optional_fields_and_unions_are_counted_once_for_each_definition():
    assert limits(Small.model_json_schema()) == (3, 1)


def test_a_field_may_carry_the_name_of_a_keyword():
    class Tricky(BaseModel):
        anyOf: str  # noqa: N815
        items: list[str]

    assert limits(Tricky.model_json_schema()) == (0, 0)


def test_the_sdk_keeps_the_counts_of_a_schema():
    from anthropic import transform_schema

    assert limits(transform_schema(Small)) == limits(Small.model_json_schema())


def test_the_paper_reply_stays_within_the_limits_of_the_api():
    from anthropic import transform_schema

    used = limits(transform_schema(PaperReply))
    assert used.optional <= MOST_OPTIONAL
    assert used.unions <= MOST_UNIONS


def test_the_paper_reply_holds_nothing_that_the_api_cannot_take():
    # A dict field would become an object without properties, Any an error, recursion a 400.
    from anthropic import transform_schema

    schema = transform_schema(PaperReply)
    text = json.dumps(schema)
    assert '"properties": {}' not in text
    for name, definition in schema.get("$defs", {}).items():
        assert f'"#/$defs/{name}"' not in json.dumps(definition), f"{name} refers to itself"


def test_the_schema_as_text_is_the_schema():
    said = as_text(Small)
    assert json.loads(said[said.index("{") :]) == Small.model_json_schema()


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"\n\n{GOOD}\n",
        f"\ufeff{GOOD}",
        f"Sure! Here it is:\n{GOOD}\nHope this helps {{really}}.",
        f"```json\n{GOOD}\n```",
        f"As asked:\n\n```\n{GOOD}\n```\nDone.",
        f'<think>maybe {{}} or {{"a": 1}}</think>{GOOD}',
        f'{GOOD}\n\nNote: {{"x": 1}}',
    ],
)
def test_the_object_is_found_wherever_a_model_puts_it(text):
    assert json_object(text) == GOOD


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "holds no JSON object"),
        ("I am sorry.", "holds no JSON object"),
        ("[1, 2]", "holds no JSON object"),
        ('{"title": "half', "is not valid JSON: Unterminated string"),
        ('{"a": {"b": 1}, "c": ', "is not valid JSON: Expecting value"),  # not taken for its inner {"b": 1}
        ('```json\n{"a": 1,}\n```', "is not valid JSON"),
        ('{"a":' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_object_is_refused_with_the_reason(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        json_object(text)


def test_schema_errors_name_field_and_reason():
    verdict = judge('{"title": "x", "rows": [{"setting": 3}], "extra": 1}', Small, nothing_wrong)
    assert verdict.reply is None
    assert [problem.text for problem in verdict.problems] == [
        "title: String should have at least 2 characters",
        "rows[0].setting: Input should be a valid string",
        "extra: Extra inputs are not permitted",
    ]
    assert verdict.fatal == verdict.problems


def test_ten_schema_errors_are_named_and_the_others_counted():
    rows = [{"setting": 3}] * 13
    verdict = judge(json.dumps({"title": "long", "rows": rows}), Small, nothing_wrong)
    assert len(verdict.problems) == 11
    assert verdict.problems[-1].text == "and 3 more of this kind"


def test_the_capitals_of_an_enum_are_mended_without_a_re_ask():
    verdict = judge('{"title": "对比", "kind": "Table"}', Small, nothing_wrong)
    assert verdict.reply == Small(title="对比", kind="table")


def test_a_wrong_enum_value_stays_wrong():
    verdict = judge('{"title": "对比", "kind": "chart"}', Small, nothing_wrong)
    assert verdict.problems[0].text == "kind: Input should be 'table' or 'text'"


def test_a_lone_surrogate_is_a_problem_and_no_crash():
    assert judge('{"title": "\\ud800 and"}', Small, nothing_wrong).reply is None
