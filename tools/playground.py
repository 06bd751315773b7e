"""Writes the playground as one page for a browser: no kernel, no server, no network.

Script and strings are inlined, and the page's own policy forbids everything else, so
it works from the file system and can be handed on as it is.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ROOM = ROOT / "autograd_ref" / "playground"
PAGE = ROOT / "build" / "playground" / "index.html"
SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>Three Ways Down</title>
<style>body{{margin:0}} h1{{font:600 1.4rem system-ui,sans-serif;margin:.6rem}}</style>
</head>
<body>
<main>
<h1>Three Ways Down</h1>
<div id="playground"><p>This page needs JavaScript. Without it, Python prints the same:
<code>from autograd_ref.playground import describe</code>.</p></div>
</main>
<script type="module">{script}</script>
</body>
</html>
"""


def page(state: Mapping[str, Any] | None = None) -> str:
    """The text of the page: the module, its strings, and the call that starts it.

    `state` holds the widget's traits, for a page of one scene.
    """
    strings = json.loads((ROOM / "strings.json").read_text(encoding="utf-8"))
    words = _literal(strings)
    module = (ROOM / "three_ways.js").read_text(encoding="utf-8")
    if "</script" in module:
        raise ValueError("three_ways.js holds </script, which would end the page's own")
    given = f", state: {_literal(state)}" if state else ""
    start = f'mount(document.getElementById("playground"), {{ strings{given} }});'
    script = f"\n{module}\nconst strings = {words};\n{start}\n"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; "
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    return SHELL.format(policy=policy, script=script)


def _literal(data: Any) -> str:
    """Plain data as JavaScript; "</" is written so that it cannot end the script."""
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def main(arguments: list[str] | None = None) -> int:
    """Write the page and print where it lies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PAGE, help="the file to write")
    out: Path = parser.parse_args(arguments).out
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(), encoding="utf-8", newline="\n")
    print(f"{out.resolve()}\nOpen it in any browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
