"""Damaged notebooks: what runs is sound, and what was repaired is told."""

import json
import time

import pytest

from graders.pipeline import unreadable
from graders.pipeline.master import grading
from graders.pipeline.rebuild import rebuild
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import ANSWER, CHECK, RIGHT, WRONG, notebook


def rebuilt(made):
    return rebuild(classes.assignment(), unreadable.parse(classes.data(made))[0])


def told(made):
    return " ".join(note.text for note in rebuilt(made).notes)


def answer_in(found):
    return next(cell.source for cell in found.cells if cell.id == ANSWER)


def test_an_undamaged_notebook_needs_no_note():
    found = rebuilt(notebook())
    assert found.notes == []
    assert [c.kind for c in found.cells] == ["given", "answer", "show", "answer"]
    assert answer_in(found) == RIGHT


@pytest.mark.parametrize(
    "change, words",
    [
        (classes.deleted, f"check cell {CHECK} is missing"),
        (classes.copied, "2 times"),
        (classes.retyped, "turned into markdown"),
        (classes.edited, f"Edited check cells: {CHECK}"),
        (classes.moved, "another order"),
        (classes.schema, "metadata was changed"),
        (classes.without_metadata, "metadata was changed or lost"),
        (classes.without_ids, "known by what stands in them"),
    ],
)
def test_damage_is_repaired_and_told(change, words):
    made = classes.changed(change)
    found = rebuilt(made)
    assert answer_in(found) == RIGHT
    assert words in told(made)
    clean = classes.assignment().student
    assert len(found.notebook.cells) == len(clean.cells)
    for mine, theirs in zip(found.notebook.cells, clean.cells, strict=True):
        assert mine.metadata == theirs.metadata
        if grading(mine).get("grade_id") != ANSWER:
            assert mine.source == theirs.source


def test_a_kernel_of_ones_own_is_replaced():
    assert 'kernel "evil" was replaced' in told(classes.changed(classes.schema))


def test_the_last_written_copy_of_an_answer_counts():
    def twice(made):
        at = classes.place_of(made, ANSWER)
        copy = json.loads(json.dumps(made["cells"][at]))
        made["cells"].insert(at, copy | {"source": WRONG})

    assert answer_in(rebuilt(classes.changed(twice))) == RIGHT


def test_a_renamed_grade_id_is_found_by_cell_id():
    def renamed(made):
        classes.cell_of(made, ANSWER)["metadata"]["nbgrader"]["grade_id"] = "mine"

    assert answer_in(rebuilt(classes.changed(renamed))) == RIGHT


def test_a_deleted_answer_is_found_in_an_added_cell_by_its_names():
    def moved_away(made):
        at = classes.place_of(made, ANSWER)
        made["cells"][at] = classes.code("# my answer\n" + RIGHT)

    assert RIGHT in answer_in(rebuilt(classes.changed(moved_away)))


def test_a_deleted_answer_counts_as_not_written():
    def gone(made):
        del made["cells"][classes.place_of(made, ANSWER)]

    found = rebuilt(classes.changed(gone))
    assert "NotImplementedError" in answer_in(found)
    assert f"answer cell {ANSWER} is missing" in told(classes.changed(gone))


def test_added_cells_stay_where_they_were_put():
    made = notebook()
    at = classes.place_of(made, ANSWER)
    made["cells"].insert(at + 1, classes.code("after = 1"))
    made["cells"].insert(at, classes.code("before = 1"))
    made["cells"].insert(0, classes.code("first = 1"))
    found = rebuilt(made)
    code = [(c.kind, c.source) for c in found.cells]
    assert code[0] == ("added", "first = 1")
    place = code.index(("answer", RIGHT))
    assert code[place - 1] == ("added", "before = 1")
    assert code[place + 1] == ("added", "after = 1")


def test_text_cells_of_the_student_are_left_out():
    made = notebook()
    text = {"cell_type": "markdown", "metadata": {}, "source": "<img onerror=x>"}
    made["cells"].insert(0, text)
    assert "onerror" not in json.dumps(rebuilt(made).notebook)


def test_code_written_into_a_text_cell_of_the_lesson_is_kept():
    def into_prose(made):
        cell = next(c for c in made["cells"] if c["cell_type"] == "markdown")
        cell.update(cell_type="code", source="helper = 3")

    assert "helper = 3" in [
        c.source for c in rebuilt(classes.changed(into_prose)).cells
    ]


def test_a_free_answer_is_kept_without_its_html():
    def wrote(made):
        cell = classes.cell_of(made, "why-first-order")
        cell["source"] = "because <script>alert(1)</script> $h<1$"

    found = rebuilt(classes.changed(wrote)).notebook
    cell = next(c for c in found.cells if "because" in c.source)
    assert "<script" not in cell.source
    assert "&lt;script" in cell.source


def test_edited_given_cells_are_listed_and_the_lessons_own_run():
    def change(made):
        classes.cell_of(made, "given-start-1")["source"] = "import os"

    made = classes.changed(change)
    assert "Edited given cells: given-start-1" in told(made)
    assert any("import math" in cell.source for cell in rebuilt(made).cells)


def test_what_the_lesson_does_without_is_flagged():
    found = rebuilt(classes.with_added("import torch"))
    assert [n.kind for n in found.notes] == ["flag"]
    assert "torch" in found.notes[0].text


def test_outputs_and_metadata_of_the_student_go_nowhere():
    made = notebook()
    classes.cell_of(made, ANSWER)["outputs"] = [
        {"output_type": "display_data", "data": {"text/html": "<script>"}}
    ]
    made["metadata"]["graders"] = {"points": 1000}
    text = json.dumps(rebuilt(made).notebook)
    assert "<script>" not in text
    assert "1000" not in text


@pytest.mark.parametrize(
    "bad, words",
    [
        (b"", "empty"),
        (b'{"cells": [', "cut off"),
        (classes.data(classes.notebook())[:900], "cut off"),
        (b"<!DOCTYPE html><p>", "web page"),
        (b"[1, 2]", "no notebook"),
        (b'{"a": 1}', "no notebook"),
        (b'{"cells": {}}', "no notebook"),
        (b'{\n<<<<<<< HEAD\n"cells": []}', "git conflict"),
        (b"\x89PNG\r\n\x1a\n\x00\x81", "no"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"cells": [], "n": ' + b"9" * 5000 + b"}", "number"),
        (b" " * (21 * 2**20), "at most 20"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(bad, words):
    with pytest.raises(unreadable.RefusedError, match=words):
        unreadable.parse(bad)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_other_encodings_are_read_and_told(encoding):
    made = notebook(RIGHT + "  # é")
    text = json.dumps(made, ensure_ascii=False)
    found, repairs = unreadable.parse(text.encode(encoding))
    assert answer_in(rebuild(classes.assignment(), found)).endswith("é")
    assert len(repairs) == 1


def test_the_old_notebook_format_is_read():
    made = notebook()
    cells = [c | {"input": c["source"]} for c in made["cells"]]
    for cell in cells:
        del cell["source"]
    found = rebuilt({"worksheets": [{"cells": cells}], "metadata": {}})
    assert answer_in(found) == RIGHT


@pytest.mark.parametrize(
    "cell",
    [
        7,
        {},
        {"cell_type": "code", "source": 3},
        {"cell_type": [], "source": ""},
        {"cell_type": "code", "source": ["a", 1]},
        {"cell_type": "code", "source": "x", "metadata": []},
        {
            "cell_type": "code",
            "source": "x",
            "metadata": {"nbgrader": {"grade_id": {}}},
        },
        {"cell_type": "code", "source": "a\0b", "id": 5},
        {"cell_type": "code", "source": "\ud800"},
        {"cell_type": "code", "source": "(" * 5000},
        {"cell_type": "code", "source": "-" * 50_000 + "1"},
        {"cell_type": "code", "source": "y" * 300_000},
    ],
)
def test_cells_that_are_no_cells_do_no_harm(cell):
    made = notebook()
    made["cells"].insert(0, cell)
    assert answer_in(rebuilt(made)) == RIGHT


def test_thousands_of_cells_take_no_time():
    made = classes.with_added(*(f"x_{i} = {i} + y" for i in range(3000)))
    start = time.perf_counter()
    rebuilt(made)
    assert time.perf_counter() - start < 10
