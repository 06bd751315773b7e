"""What axe-core says of a page: a line for each violation that hinders a reader."""

from typing import Any

from tests.conftest import require

GRAVE = ("serious", "critical")


def violations(page, within: tuple = (), but: tuple = (), rules: tuple = ()) -> list:
    """Serious and critical violations in a page, or within these parts of it.

    `but` are parts, and `rules` rules, that are not ours to keep. Each line has the
    rule, the element and what would mend it.
    """
    require("axe_playwright_python", why="it brings axe-core")
    from axe_playwright_python.sync_playwright import Axe

    off = {rule: {"enabled": False} for rule in rules}
    options: dict[str, Any] = {"resultTypes": ["violations"], "rules": off}
    parts = {"include": [[part] for part in within or ("html",)]}
    context: Any = {**parts, "exclude": [[part] for part in but]}
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:120]}: {_mend(node)}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def _mend(node: dict[str, Any]) -> str:
    return " ".join(node["failureSummary"].split())[:200]
