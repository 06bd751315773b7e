"""The one way a picture or a result reaches a reader, always with its text twin."""

from __future__ import annotations

import base64
import html
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graders.checks.check import Check, Result

# Okabe and Ito's palette: eight colours that colour-blind readers tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), "-")
_MARKS = ("o", "s", "^", "D", "v", "P", "X")
# Of every table: above it, from the left edge on, where reading starts.
_CAPTION = "text-align:left;caption-side:top;font-weight:bold;padding:0.3em 0"


def style() -> dict[str, Any]:
    """Settings of matplotlib: colours, line styles and markers change together."""
    from cycler import cycler

    look = cycler(color=COLOURS) + cycler(linestyle=_LINES) + cycler(marker=_MARKS)
    return {
        "axes.prop_cycle": look,
        "axes.grid": True,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.constrained_layout.use": True,
        "figure.dpi": 110,
        "font.size": 10.5,
        "grid.color": "#d8d8d8",
        "legend.frameon": False,
        "lines.linewidth": 1.7,
        "lines.markersize": 4.5,
        "lines.markeredgewidth": 0.6,
    }


def subplots(*args: Any, **kwargs: Any) -> Any:
    """Do `matplotlib.pyplot.subplots` in the style of the course."""
    import matplotlib.pyplot as plt

    look: Any = style()
    with plt.rc_context(look):
        return plt.subplots(*args, **kwargs)


def figure(fig: Any, *, alt: str, table: Sequence[Sequence[Any]] | None = None) -> None:
    """Show a matplotlib figure with its long description and the same as a table.

    `alt` is what a reader who cannot see the picture is told; `table` has the header
    as its first row.  The figure is closed.
    """
    if len(alt.split()) < 5:
        raise ValueError(f"figure() got alt={alt!r}; describe what the picture shows.")
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", facecolor="white")
    plt.close(fig)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    twin = _html_table(table) if table else ""
    page = (
        f'<figure style="margin:0"><img alt="{html.escape(alt, quote=True)}" '
        f'style="max-width:100%" src="data:image/png;base64,{data}">'
        f"<figcaption><details><summary>In words and numbers</summary>"
        f"<p>{html.escape(alt)}</p>{twin}</details></figcaption></figure>"
    )
    _display(page, alt + ("\n" + text_table(table) if table else ""))


def table(rows: Sequence[Sequence[Any]], *, caption: str = "") -> None:
    """Show rows, the first of which is the header, as a table with a text twin."""
    text = (caption + "\n" if caption else "") + text_table(rows)
    _display(_html_table(rows, caption), text)


def text_table(rows: Sequence[Sequence[Any]]) -> str:
    """The rows as lines of text, columns aligned.

    >>> print(text_table([["h", "error"], [0.1, 0.25]]))
    h    error
    0.1  0.25
    """
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, float) and not isinstance(value, bool):
        return f"{value:.4g}"
    return str(value)


def _html_table(rows: Sequence[Sequence[Any]] | None, caption: str = "") -> str:
    head, *body = rows or [[]]
    sides = [_side([row[k] for row in body]) for k in range(len(head))]
    title = html.escape(caption)
    if caption:
        title = f'<caption style="{_CAPTION}">{title}</caption>'
    top = _html_cells('th scope="col"', head, sides)
    lines = "".join(f"<tr>{_html_cells('td', row, sides)}</tr>" for row in body)
    return f"<table>{title}<thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"


def _html_cells(tag: str, row: Sequence[Any], sides: Sequence[str]) -> str:
    return "".join(
        f'<{tag} style="text-align:{side}">{html.escape(_cell(v))}</{tag.split()[0]}>'
        for v, side in zip(row, sides, strict=True)
    )


def _side(column: Sequence[Any]) -> str:
    """Words start at the left, numbers end at the right."""
    try:
        [float(value) for value in column]
    except (TypeError, ValueError):
        return "left"
    return "right"


def _display(page: str, text: str) -> None:
    """HTML where a notebook listens, plain text elsewhere."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        print(text)  # noqa: T201
        return
    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        print(text)  # noqa: T201
    else:
        show: Any = display
        show({"text/html": page, "text/plain": text}, raw=True)


# -- the result of a check -----------------------------------------------------------
def result(check: Check) -> None:
    """The table of a check: each property, passed or not, and what to look at."""
    _display(result_html(check, live=True), result_text(check, live=True))
    if "NBGRADER_VALIDATING" in os.environ and check.earned < check.worth:
        # Of a cell that falls short, Validate shows what stands there, and no tables.
        sys.stderr.write(result_text(check) + "\n")


def headline(check: Check) -> str:
    """Exercise, counts and points in one line."""
    seen = [r for r in check.results if r.region == "visible"]
    passed = sum(r.passed for r in seen)
    line = f"{check.exercise}: {passed} of {len(seen)} visible properties hold"
    deep = [r for r in check.results if r.region == "hidden"]
    if deep:
        line += f", {sum(r.passed for r in deep)} of {len(deep)} hidden ones"
    elif more := _hidden_count(check):
        line += f"; {more} more are checked when graded"
    return line + "."


def _hidden_count(check: Check) -> int:
    from graders.checks.diagnose import counts

    found = counts(check.exercise)
    return 0 if found is None else found["hidden"]


def result_text(check: Check, *, live: bool = False) -> str:
    """The table of a check as lines of text; `live` where its reader can go on."""
    lines = [headline(check)]
    for r in check.results:
        lines.append(f"  [{'ok' if r.passed else 'NO'}] {r.name}{_details(r)}")
        lines += [f"       note: {note}" for note in r.notes]
    return "\n".join([*lines, *(f"  {said}" for said in _conclusions(check, live))])


def _details(r: Result) -> str:
    if r.passed:
        return ""
    given = f" for input {r.given}" if r.given else ""
    return f"{given}: {r.finding}"


def _conclusions(check: Check, live: bool) -> list[str]:
    """What stands below the table: the diagnosis, a problem, the next step."""
    from graders.checks.messages import UNWRITTEN

    said = [f"This behaves like {check.diagnosis}"] if check.diagnosis else []
    said += [check.problem] if check.problem else []
    # To an answer that was written and not run the findings alone are a riddle.
    unwritten = any(r.finding == UNWRITTEN for r in check.results)
    return [*said, RUN_IT] if unwritten and live else said


RUN_IT = (
    "Written already? Run the answer's cell, then this one, and keep the names that "
    "the exercise gives: under another name it is not found."
)
# Inline, since a table is shown in JupyterLab, in formgrader and on a feedback page.
_CELL = "text-align:left;vertical-align:top;padding:0.3em 0.8em"
_HEAD = f"{_CELL};font-weight:bold"
# Seen from afar; the words say the same.
_EDGE = {True: "border-left:4px solid #009E73", False: "border-left:4px solid #D55E00"}


def result_html(check: Check, *, live: bool = False) -> str:
    """The table of a check as HTML, everything in it escaped; `live` as in text."""
    titles = ("result", "property", "what was found")
    head = "".join(f'<th scope="col" style="{_HEAD}">{title}</th>' for title in titles)
    rows = "".join(_result_row(r) for r in check.results)
    tail = "".join(
        f"<p><strong>{html.escape(said)}</strong></p>"
        for said in _conclusions(check, live)
    )
    return (
        f'<table><caption style="{_CAPTION}">{html.escape(headline(check))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{tail}"
    )


def _result_row(r: Result) -> str:
    mark = "✓ holds" if r.passed else "✗ fails"
    found = [] if r.passed else [_details(r).lstrip(": ").strip()]
    found += [f"note: {note}" for note in r.notes]
    return (
        f'<tr><td style="{_CELL};{_EDGE[r.passed]};white-space:nowrap">{mark}</td>'
        f'<th scope="row" style="{_CELL};font-weight:normal">{html.escape(r.name)}</th>'
        f'<td style="{_CELL}">{html.escape("; ".join(found))}</td></tr>'
    )
