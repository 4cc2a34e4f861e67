"""Topics and the names of notes: what is taken, how a note is found again, what a new one is called."""

import pytest

from agents.errors import DataError, UsageError
from agents.lab import naming
from agents.lab.inventory import Entry


def entry(path, title, *aliases):
    return Entry(path, "concept", title, (), aliases, {}, "")


@pytest.mark.parametrize("typed", ["", "   ", "🎉🎉", "——", "\u200b\u202e", "长" * 300])
def test_a_topic_that_names_nothing_or_is_an_essay_is_a_mistake_of_usage(typed):
    with pytest.raises(UsageError):
        naming.topic(typed)


def test_a_topic_becomes_one_clean_line():
    assert naming.topic("  Cross-Attention\n的\u200b作用\t") == "Cross-Attention 的作用"


@pytest.mark.parametrize("typed", ["", "../x", "A", "a_b", "a--b", "-a", "注意力", "con", "a" * 61, "a/b", "a.md"])
def test_a_slug_that_is_no_file_name_is_refused(typed):
    with pytest.raises(UsageError):
        naming.typed_slug(typed)


def test_a_good_slug_is_taken_as_it_is_and_none_is_none():
    assert naming.typed_slug("kv-cache2") == "kv-cache2"
    assert naming.typed_slug(None) == ""


def test_a_note_is_found_by_title_and_alias_whatever_case_width_and_punctuation():
    notes = [entry("a", "Cross-Attention 的作用", "交叉注意力"), entry("b", "KV Cache")]
    assert naming.find(notes, "cross attention的作用").path == "a"
    assert naming.find(notes, "ＫＶ－ｃａｃｈｅ").path == "b"
    assert naming.find(notes, "", "交叉 注意力").path == "a"
    assert naming.find(notes, "attention") is None


def test_two_notes_of_one_name_are_told_apart_by_the_person():
    with pytest.raises(DataError, match="a and b"):
        naming.find([entry("a", "KV Cache"), entry("b", "键值缓存", "kv cache")], "KV cache")


@pytest.mark.parametrize(
    ("typed", "english", "about", "name"),
    [
        ("mine", "Cross-Attention", "交叉注意力", "mine"),
        ("", "Cross-Attention (multi-modal)", "交叉注意力", "cross-attention-multi-modal"),
        ("", "", "交叉注意力 在 CLIP 中", "交叉注意力-在-clip-中"),
        ("", "注意力", "自注意力：Q、K、V", "自注意力-q-k-v"),
    ],
)
def test_a_new_note_is_named_by_slug_then_english_name_then_the_topics_own_words(typed, english, about, name):
    assert naming.stem(typed, english, about) == name


def test_a_long_topic_makes_a_short_name():
    assert len(naming.slug_in_any_script("长" * 200)) == 60
    assert naming.slug_in_any_script("word " * 40).endswith("word")


def test_a_taken_name_gets_a_number():
    assert naming.free("clip", []) == "clip"
    assert naming.free("clip", ["CLIP", "clip-2"]) == "clip-3"
