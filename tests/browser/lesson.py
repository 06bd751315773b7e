"""The lesson that a reader has open in most tests: lesson 2, with its answers."""

from tests.browser.lab import ROOT
from tests.browser.notebook import answers, sources

LESSON = "02_dual_numbers/02_dual_numbers.ipynb"
ANSWERS = answers(ROOT / "solutions" / LESSON)
STUBS = sources(ROOT / "lessons" / LESSON)
