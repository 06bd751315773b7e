"""Half the start time of nbformat and nbgrader, saved.

jsonschema imports `rfc3987_syntax` if it is there, which builds lark parsers for 1.3
CPU seconds; none of the formats it adds stands in a notebook's schema. jsonschema
takes a missing module for an answer, so this says it is missing. The package's
`__init__` calls this: whatever pipeline module is imported first, it has run.
"""

import sys


def block_rfc3987() -> None:
    """Make `import rfc3987_syntax` fail from here on, unless it is imported already."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
