"""Strings that try to break out of where they are put, and what a reader's Markdown must never come to hold."""

import re

from markdown_it import MarkdownIt

STRINGS = [
    "---", "--- ", "***", "===", "| a |", "a | b | c", "|", "\\|", "\\\\|", "# x", "## 背景与动机 <!-- field: background -->", "####### x", "x #", "#", "> x", "- x",
    "+ x", "* x", "1. x", "1) x", "- [ ] x", "[ ] x", "<!-- field: summary -->", "x <!-- field: remarks -->", "<!-- progress: begin -->", "<!-- x", "-->", "<img src=x onerror=alert(1)>",
    "x<img src=x>", "<IMG\nSRC=x>", "<a href=//evil.example>x</a>", "</details>", "<details><summary>x", "<script>alert(1)</script>", "<svg/onload=alert(1)>", "<?php ?>", "<!DOCTYPE x>", "<![CDATA[x]]>",
    "\\<img src=x>", "\\\\<img src=x>", "`<img src=x>", "\\`<img src=x>`", "``<img src=x>`", "`<img src=x>``", "\\``<img src=x>`", "` `` <img src=x> `` `", "$<img src=x>$", "\\$<img src=x>$", "$x$<img src=x>$y$",
    "$a <b c>d$", "$$<img src=x>$$", "\\\\$<img src=x>\\\\$", "`$`<img src=x>`$`", "$`$<img src=x>$`$", "&#60;img src=x&#62;", "&lt;img src=x&gt;", "&#x3c;script&#x3e;", "&amp;lt;b&amp;gt;",
    "![x](y.png)", "![x](https://evil.example/p.png)", "![x][y]", "![[x.png]]", "!\\[x](y)", "\\![x](y)", "\\\\![x](y)", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](data:text/html,x)",
    "[x](//evil.example)", "[x]: http://evil.example", "[x]:http://evil.example 'y'", "[x][x]", "[x]", "[`x`](y)", "[x]$(y)$", "$[x](y)$", "$[x]$(y)", "`x`](y)", "[x `](y)` z](http://evil.example)", "[^1]", "[^1]: x",
    "[[x]]", "[[x|y]]", "<http://evil.example>", "<a@evil.example>", "http://evil.example", "见http://evil.example", "_http://evil.example_", "*www.evil.example*", "www.evil.example", "WWW.evil.example", "ftp://evil.example",
    "https://github.com.evil.example/x", "https://github.com@evil.example/x", "https://evil.example/github.com", "mailto:a@evil.example", "a@evil.example", "https://arxiv.org/abs/2301.12597", "javascript:alert(1)",
    "```", "~~~", "```mermaid", "``` x", "    x", "\tx", "`", "``", "**", "__", "**x", "~~", "$", "$$", "$$x$$", "\\", "\\\\", "x\\", "\\[", "\\(x\\)", "\\begin{x}", "$x", "$\\href{javascript:alert(1)}{x}$",
    "$\\url{http://evil.example}$", "$\\includegraphics{http://evil.example}$", "$\\htmlStyle{color:red}{x}$", "$\\def\\x{y}$", "\\href{http://evil.example}{x}", "x\ny", "x\r\ny", "x\n\n# y", "x\n---\ny", "x\n===", "x\n\n---\n\ny", "a\n\n<img src=x>",
    "- a\n- <img src=x>", "x\n    y", "x\n\n    y", "x\n\n```\ny", "1. a\n\n   # b", "x\x00y", "x\x0cy", "x\x85y", "x\u2028y", "x\u2029# y", "x\u202ey", "x\u200by", "x\ufeffy", "x\U000e0041\U000e0042y",
    "x\U000e0101y", "x\uffffy", "x\ufffey", "x\ud800y", "x\u3000y", "{{ x }}", "{% x %}", "${x}", "$(x)", "%s", "x: y", ": x", "? x", "& x", "*x", "!x", "!!python/object:x", "@x", "%x", "{x", "[x", "'", '"', '"]', '"] --> x["',
    '"]\n    click x "javascript:alert(1)"', '%%{init: {"securityLevel": "loose"}}%%', "%% x", "#quot;", "end", "null", "true", "~", "2301.12590", "1e3", "0x1f", "12:30", "2026-01-01", "...", "--- # x", "推断：", "；", "（⚠ 原文未找到）", "⚠",
    "🎉" * 50, "字" * 900, "a" * 900, "x " * 400, "*" * 300, "[" * 300, "(" * 300, "<" * 300, "`" * 299, "$" * 300, "\\" * 299,
]  # fmt: skip

# As GitHub renders: raw HTML on, tables, strikethrough.
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("text_join")
_ANCHOR = re.compile(r"<!-- (?:field: [\w.]+|progress: (?:begin|end)|[^<>]*) -->|</?(?:details|summary)>")
_OURS = re.compile(r"https://(?:arxiv\.org|doi\.org|github\.com)(?:/|$)|(?![A-Za-z][A-Za-z0-9+.-]*:|//)")
_AUTOLINK = re.compile(r"(?:https?|ftp)://([\w.@:-]*)|(?<![A-Za-z0-9])www\.[A-Za-z]", re.IGNORECASE)


def outline(tokens):
    """The shape of a text (`MARKDOWN.parse`d): its headings by level, how many cells each row has, which blocks (a list may be prose)."""
    shape = []
    for token in tokens:
        if token.type in {"tr_open", "heading_open", "fence", "code_block", "hr", "blockquote_open"}:
            shape.append((token.type, token.tag, token.level))
        elif token.type in {"th_open", "td_open"}:
            shape.append(token.type)
    return shape


def intrusions(tokens):
    """Whatever stands in a text that may not: HTML but for our anchors, pictures, links to elsewhere."""
    found = []
    for block in tokens:
        for token in [block, *(block.children or [])]:
            if token.type in {"html_block", "html_inline"} and _ANCHOR.sub("", token.content).strip():
                found.append(("html", token.content))
            elif token.type == "image":
                found.append(("image", token.attrs["src"]))
            elif token.type == "link_open" and not _OURS.match(token.attrs["href"]):
                found.append(("link", token.attrs["href"]))
        if block.type == "inline":
            found += _autolinks(block)
    return found


def _autolinks(block):
    """Addresses of which GitHub makes links though nobody marked them as such: in text as it stands, unescaped."""
    for token in block.children:
        if token.type == "text":
            for match in _AUTOLINK.finditer(token.content):
                if (match[1] or "").lower() not in {"arxiv.org", "doi.org", "github.com"}:
                    yield "autolink", match[0]
