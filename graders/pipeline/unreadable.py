"""Bytes that claim to be a notebook: read with limits, or refused with a reason."""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass, field
from typing import Any

from graders.pipeline.findings import CourseError

MAX_FILE = 20 * 2**20  # bytes; outputs make notebooks large, sources never do
MAX_CELLS = 2000
MAX_SOURCE = 256 * 2**10  # characters of one cell
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class RefusedError(CourseError):
    """A file that cannot be graded; the text says why and what to do."""


@dataclass(frozen=True)
class Raw:
    """One cell as it came: checked to be text, and not trusted."""

    index: int
    type: str
    source: str
    id: str = ""
    marks: dict[str, Any] = field(default_factory=dict, compare=False)
    shown: float | None = None  # the number that stands below the cell, if one does

    @property
    def grade_id(self) -> str:
        """The id that nbgrader knows the cell by, empty where it is lost."""
        name = self.marks.get("grade_id")
        return name if isinstance(name, str) else ""


def parse(data: bytes) -> tuple[dict[str, Any], list[str]]:
    """The notebook in a file, and what had to be repaired to read it."""
    if len(data) > MAX_FILE:
        raise RefusedError(
            f"the file has {len(data) / 2**20:.0f} MB, at most {MAX_FILE // 2**20} are "
            "read; clear the outputs and hand it in again."
        )
    text, repairs = _decode(data)
    try:
        found = json.loads(text)
    except RecursionError:
        raise RefusedError("the file is JSON nested too deeply to be read.") from None
    except ValueError as error:
        raise RefusedError(_why(text, error)) from None
    cells = _cells_of(found)
    if cells is None:
        raise RefusedError(
            "the file is JSON but no notebook: it has no list of cells. Hand in the "
            ".ipynb file that JupyterLab saved."
        )
    return found, repairs


def _decode(data: bytes) -> tuple[str, list[str]]:
    if not data.strip():
        raise RefusedError("the file is empty; save the notebook, hand it in again.")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding and b"\0" in data[:2]:
        encoding = "utf-16-be" if data[0] == 0 else "utf-16-le"
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        plain = name == "utf-8"
        return text, [] if plain else [f"The file is {name}; it was read as such."]
    raise RefusedError("the file is no text (not UTF-8), so it is no notebook.")


def _why(text: str, error: ValueError) -> str:
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html")):
        return "the file is a web page, not a notebook; download the .ipynb itself."
    if "\n<<<<<<<" in text:
        return "the file holds marks of a git conflict; resolve it and save again."
    at = getattr(error, "pos", 0)
    words = getattr(error, "msg", "") or "it has a number that cannot be read"
    ends = at >= len(text.rstrip()) - 1 or words.startswith("Unterminated")
    if start.startswith("{") and ends:
        return "the file is cut off in the middle; save it and hand it in again."
    line = getattr(error, "lineno", 1)
    return f"the file is no JSON, so it is no notebook: line {line}, {words}."


def _cells_of(found: Any) -> list[Any] | None:
    """The list of cells, also of the format before 2015 (worksheets)."""
    if not isinstance(found, dict):
        return None
    cells = found.get("cells")
    if cells is None and isinstance(found.get("worksheets"), list):
        sheets = [s for s in found["worksheets"] if isinstance(s, dict)]
        lists = [s.get("cells") for s in sheets]
        cells = [cell for one in lists if isinstance(one, list) for cell in one]
    return cells if isinstance(cells, list) else None


def read_cells(found: dict[str, Any]) -> tuple[list[Raw], list[str]]:
    """The cells that can be read, and what had to be left out."""
    raws, bad = [], 0
    cells = _cells_of(found) or []
    for index, cell in enumerate(cells[:MAX_CELLS]):
        raw = _raw(index, cell)
        if raw is None:
            bad += 1
        else:
            raws.append(raw)
    told = []
    if bad:
        told.append(f"Cells that are no cells, or far too long, were left out: {bad}.")
    if len(cells) > MAX_CELLS:
        told.append(f"Of {len(cells)} cells the first {MAX_CELLS} were read.")
    if "worksheets" in found and "cells" not in found:
        told.append("The file has the notebook format of before 2015; it was read.")
    return raws, told


def reduced(found: dict[str, Any]) -> dict[str, Any]:
    """A notebook of only what is looked at: flat, small, of the newest format."""
    raws, _ = read_cells(found)
    cells = [
        {
            "cell_type": raw.type,
            "id": raw.id,
            "source": raw.source,
            "metadata": {"nbgrader": _scalars(raw.marks)} if raw.marks else {},
        }
        for raw in raws
    ]
    metadata = found.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    kept = {"kernelspec": _scalars(spec)} if isinstance(spec, dict) else {}
    return {"cells": cells, "metadata": kept, "nbformat": 4, "nbformat_minor": 5}


def _scalars(found: dict[str, Any]) -> dict[str, Any]:
    plain = (str, int, float, type(None))
    return {k: v for k, v in found.items() if isinstance(v, plain)}


def _raw(index: int, cell: Any) -> Raw | None:
    if not isinstance(cell, dict):
        return None
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(part, str) for part in source):
        source = "".join(source)
    kind, name = cell.get("cell_type"), cell.get("id", "")
    if not (isinstance(source, str) and isinstance(kind, str)):
        return None
    if len(source) > MAX_SOURCE:
        return None
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return Raw(
        index,
        kind[:20],
        source.replace("\r\n", "\n").encode("utf-8", "replace").decode(),
        name if isinstance(name, str) else "",
        marks if isinstance(marks, dict) else {},
        _shown(cell),
    )


def _shown(cell: dict[str, Any]) -> float | None:
    """The number in the last result below a cell: what its reader saw there."""
    outputs = cell.get("outputs")
    found = outputs if isinstance(outputs, list) else []
    for output in reversed([one for one in found if isinstance(one, dict)]):
        data = output.get("data")
        text = data.get("text/plain") if isinstance(data, dict) else None
        text = "".join(map(str, text)) if isinstance(text, list) else text
        if output.get("output_type") == "execute_result" and isinstance(text, str):
            try:
                return float(text[:40])
            except ValueError:
                return None
    return None
