"""What is not to be seen of a page: cut off, sticking out, too wide. Asked in it."""

# Text or a control that reaches beyond the page, or is cut off by its own box. What
# lies in a part that scrolls for itself is read by scrolling it.
CUT_OFF = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  const own = ".scroll, pre, textarea, select, option, title, svg *";
  const say = (what, e) => found.push(`${what}: ${e.outerHTML.slice(0, 90)}`);
  for (const e of document.querySelectorAll("body *")) {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (!box.width || e.closest(own)) continue;
    if (box.left < -1 || box.right > wide + 1) say("beyond the page", e);
    const clips = /hidden|clip/.test(style.overflowX) && e.tagName !== "INPUT";
    if (clips && e.scrollWidth > e.clientWidth + 1) say("cut off", e);
  }
  return found;
}"""

# Words of a picture that reach beyond the picture, or beyond the box that they label.
OUT_OF_THE_PICTURE = """() => {
  const found = [], box = (e) => e.getBoundingClientRect();
  const aside = (a, b, by) => a.left < b.left - by || a.right > b.right + by;
  const above = (a, b, by) => a.top < b.top - by || a.bottom > b.bottom + by;
  for (const text of document.querySelectorAll("svg text")) {
    const a = box(text), b = box(text.closest("svg"));
    if (a.width && (aside(a, b, 1) || above(a, b, 1)))
      found.push(`beyond the picture: ${text.textContent}`);
  }
  for (const node of document.querySelectorAll("svg [role=img]")) {
    const rect = node.querySelector("rect");
    for (const text of rect ? node.querySelectorAll("text") : []) {
      const a = box(text), b = box(rect), inside = a.top > b.top && a.bottom < b.bottom;
      if (inside && aside(a, b, 0)) found.push(`beyond its box: ${text.textContent}`);
    }
  }
  return found;
}"""

WIDTH = "document.documentElement.scrollWidth"


def trouble(page, width: int) -> list[str]:
    """What a reader of a page that is so wide could not see, or only sideways."""
    found = [*page.evaluate(CUT_OFF), *page.evaluate(OUT_OF_THE_PICTURE)]
    if (needed := page.evaluate(WIDTH)) > width:
        found.append(f"the page is {needed} wide where {width} are shown")
    return found
