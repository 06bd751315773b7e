"""The pictures of a class, as PNG, each with its words and its table.

Drawn by Agg without pyplot: no display is needed and no state is shared.
"""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graders.pipeline.report import Class, points
from graders.pipeline.statistics import Item, Mistake, distribution
from graders.show import COLOURS, style

BLUE, RED = COLOURS[0], COLOURS[1]
MOST = 15  # mistakes in a picture; the table has them all
_SHOWN = 64  # characters of a mistake's words beside its bar


@dataclass(frozen=True)
class Plot:
    """A picture: its file's name, its bytes, what it shows, and the same as rows."""

    name: str
    png: bytes
    alt: str
    caption: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def url(self) -> str:
        """The picture as a `data:` address, so that a page needs no other file."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode('ascii')}"


def scores(graded: Class, lesson: str) -> Plot:
    """How many submissions have how many points."""
    steps = distribution(graded, lesson)
    count = sum(n for _, _, n in steps)

    def draw(axes: Any) -> None:
        lefts, sizes = [a for a, _, _ in steps], [b - a for a, b, _ in steps]
        tall = [n for _, _, n in steps]
        axes.bar(lefts, tall, width=sizes, align="edge", color=BLUE, edgecolor="white")
        axes.set_xlabel("points")
        axes.set_ylabel("submissions")
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.set_axisbelow(True)

    most = max(steps, key=lambda step: step[2])
    alt = (
        f"Bar chart of the points of {count} submissions of {lesson}. The tallest bar, "
        f"{most[2]} submissions, stands from {points(most[0])} to {points(most[1])} of "
        f"{graded.lessons[lesson]} points."
    )
    rows = [("points", "submissions")]
    rows += [(f"{points(a)} to {points(b)}", str(n)) for a, b, n in steps]
    caption = f"{lesson}: submissions by points"
    return Plot(f"{lesson}-scores", _png(draw, 2.6), alt, caption, tuple(rows))


def difficulty(lesson: str, items: Sequence[Item]) -> Plot:
    """What share of an exercise's points was earned, and how many did not begin."""

    def draw(axes: Any) -> None:
        places = range(len(items))
        earned, blank = [i.difficulty for i in items], [i.untouched for i in items]
        axes.barh(places, earned, 0.4, color=BLUE, label="share of points earned")
        lower = [place + 0.4 for place in places]
        axes.barh(lower, blank, 0.4, color=RED, hatch="//", label="share not begun")
        axes.set_yticks([p + 0.2 for p in places], [_plain(i.exercise) for i in items])
        axes.set_xlim(0, 1)
        axes.invert_yaxis()
        axes.set_axisbelow(True)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)

    hard = min(items, key=lambda item: item.difficulty)
    alt = (
        f"Bar chart of the {len(items)} exercises of {lesson}. The fewest points were "
        f"earned in {hard.exercise}: {hard.difficulty:.0%} of them."
    )
    rows = [("exercise", "points earned", "not begun")]
    rows += [(i.exercise, f"{i.difficulty:.0%}", f"{i.untouched:.0%}") for i in items]
    png = _png(draw, 1.4 + 0.45 * len(items))
    caption = f"{lesson}: points earned by exercise"
    return Plot(f"{lesson}-exercises", png, alt, caption, tuple(rows))


def frequent(found: Sequence[Mistake]) -> Plot:
    """The mistakes that were made most often."""
    shown = sorted(found, key=lambda one: -len(one.students))[:MOST]

    def draw(axes: Any) -> None:
        words = [_plain(f"{m.exercise}: {m.says}") for m in shown]
        counts = [len(m.students) for m in shown]
        axes.barh(range(len(shown)), counts, 0.6, color=BLUE)
        cut = [textwrap.fill(textwrap.shorten(w, 2 * _SHOWN), _SHOWN) for w in words]
        axes.set_yticks(range(len(shown)), cut, fontsize=8)
        axes.set_xlabel("submissions")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.invert_yaxis()
        axes.set_axisbelow(True)

    first = shown[0]
    alt = (
        f"Bar chart of the {len(shown)} most frequent mistakes. The most frequent, in "
        f"{len(first.students)} submissions, is in {first.exercise}: {first.says}."
    )
    rows = [("exercise", "this behaves like", "submissions")]
    rows += [(m.exercise, m.says, str(len(m.students))) for m in shown]
    png = _png(draw, 1.0 + 0.5 * len(shown))
    return Plot("mistakes", png, alt, "The most frequent mistakes", tuple(rows))


def _plain(text: str) -> str:
    """Words that matplotlib does not take for a formula."""
    return text.replace("$", r"\$")


def _png(draw: Callable[[Any], None], height: float) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    look: Any = style()
    with mpl.rc_context(look):
        figure = Figure(figsize=(7.2, height), layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure.add_subplot())
        buffer = io.BytesIO()
        # without the version of matplotlib: the same class gives the same bytes
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
