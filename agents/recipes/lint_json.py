"""What lint found as keys of the one JSON object that `--json` prints."""

from collections.abc import Collection, Sequence
from typing import Any

from agents.note.lint.finding import Finding
from agents.recipes.lint_fix import Fixed


def as_json(
    found: Sequence[Finding], fixable: Collection[Finding], fixed: Sequence[Fixed], notes: int
) -> dict[str, Any]:
    """Every finding, what was fixed, and the counts."""
    errors = sum(finding.is_error for finding in found)
    return {
        "findings": [
            {
                "path": finding.path,
                "line": finding.line,
                "rule": finding.rule,
                "message": finding.message,
                "is_error": finding.is_error,
                "fixable": finding in fixable,
            }
            for finding in found
        ],
        "fixed": [{"path": one.path, "rules": list(one.rules), "copy": one.copy} for one in fixed],
        "notes": notes,
        "errors": errors,
        "warnings": len(found) - errors,
    }
