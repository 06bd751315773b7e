"""What running the given cells of each lesson changes in a process, told as JSON.

    python -m tests.graders.pipeline.rehearsing

Reads {lesson: [modules, cells]} from standard input; tells {lesson: [what changed]}.
"""

import decimal
import gc
import json
import os
import random
import sys
import threading
import tracemalloc
import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import torch

from graders.pipeline import inside


def state() -> dict[str, Any]:
    """What copies of this process could find changed, beside the loaded modules."""
    return {
        "default dtype": torch.get_default_dtype(),
        "default device": torch.get_default_device(),
        "grad mode": torch.is_grad_enabled(),
        "inference mode": torch.is_inference_mode_enabled(),
        "anomaly mode": torch.is_anomaly_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "threads of torch": torch.get_num_threads(),
        "saved tensor hooks": _hooks_work(),
        "chance in torch": torch.get_rng_state().tolist(),
        "chance in numpy": repr(np.random.get_state()),  # noqa: NPY002
        "chance": random.getstate(),
        "numpy's errors": np.geterr(),
        "numpy's printing": repr(np.get_printoptions()),
        "warnings": list(warnings.filters),
        "deepest recursion": sys.getrecursionlimit(),
        "path": list(sys.path),
        "streams": (sys.stdout, sys.stderr, sys.excepthook),
        "collector": (gc.isenabled(), gc.get_threshold(), gc.callbacks[:]),
        "memory traced": tracemalloc.is_tracing(),
        "decimals": repr(decimal.getcontext()),
        "threads": threading.active_count(),
        "threads seen by the kernel": len(list(Path("/proc/self/task").iterdir())),
        "environment": dict(os.environ),
        "folder": Path.cwd(),
        "figures": plt.get_fignums(),
        "looks of figures": dict(mpl.rcParams),
    }


def _hooks_work() -> bool:
    try:
        with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            return True
    except RuntimeError:
        return False


def main() -> None:
    """Tell what each lesson changes."""
    found = {}
    for lesson, (modules, cells) in json.load(sys.stdin).items():
        inside.preload(modules)
        before = state()
        inside.rehearse(cells)
        now = state()
        found[lesson] = [name for name in now if now[name] != before[name]]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
