# %% unusual="by-segments"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    def cut(lengths):
        return [len(lengths) + max(lengths) + 2, sum(lengths)]

    lengths = [n // k + (i >= k - n % k) for i in range(k)]
    table_ = {"none": [n + 3, 0], "segments": cut(lengths)}
    table_["every"], table_["one"] = cut([1] * n), cut([n])
    return table_


# %% unusual="measured-with-the-meter"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    even = sorted(len(part) for part in np.array_split(np.arange(n), k))
    schemes = {"none": None, "every": [1] * n, "segments": even, "one": [n]}
    found = {}
    for name, cuts in schemes.items():
        curve, extra = units(n, cuts)
        found[name] = (max(curve), extra)
    return found


# %% unusual="walks-through-the-steps"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    def walk(lengths, wrapped):
        alive = 1  # x
        alive += len(lengths) if wrapped else n
        top = alive
        for i, length in reversed(list(enumerate(lengths))):
            inner = length - 1 if wrapped else 0
            kept = i + 1 if wrapped else n
            top = max(top, kept + inner + 3)
        return np.float64(top), int(wrapped) * n

    even = sorted(len(part) for part in np.array_split(np.arange(n), k))
    return {
        "none": walk([n], False),
        "every": walk([1] * n, True),
        "segments": walk(even, True),
        "one": walk([n], True),
    }


# %% unusual="numpy-numbers"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = int(np.ceil(n / k))
    peaks = np.array([n, n, k + L - 1, n]) + 3
    return dict(zip(("none", "every", "segments", "one"), zip(peaks, (0, n, n, n))))


# %% unusual="helper-in-an-added-cell"
def predict_table(n, k):
    """By a helper of its own cell."""
    return {name: (peak_of(*how), extra) for name, how, extra in rows_of(n, k)}


# %% added="before"
from math import ceil


def peak_of(inputs, longest):
    return inputs + longest + 2


def rows_of(n, k):
    return [
        ("none", (1, n), 0),
        ("every", (n, 1), n),
        ("segments", (k, ceil(n / k)), n),
        ("one", (1, n), n),
    ]
