# %% mutant="saved-in-forward" says="counting only what the forward pass keeps, not the segment that comes back"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 1, 0),
        "every": (n + 1, n),
        "segments": (k + 1, n),
        "one": (2, n),
    }


# %% mutant="one-saves-all" says="thinking that one big checkpoint leaves a small peak"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 3, 0),
        "every": (n + 3, n),
        "segments": (k + L + 2, n),
        "one": (4, n),
    }


# %% mutant="every-is-cheap" says="thinking that a checkpoint round every layer leaves a small peak"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 3, 0),
        "every": (4, n),
        "segments": (k + L + 2, n),
        "one": (n + 3, n),
    }


# %% mutant="product" says="taking the product of segments and their length, which is the whole chain"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 3, 0),
        "every": (n + 3, n),
        "segments": (k * L + 2, n),
        "one": (n + 3, n),
    }


# %% mutant="no-two-in-flight" says="forgetting the two activations in flight on the way back"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 1, 0),
        "every": (n + 1, n),
        "segments": (k + L, n),
        "one": (n + 1, n),
    }


# %% mutant="input-forgotten" says="forgetting the input of the chain"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 2, 0),
        "every": (n + 2, n),
        "segments": (k + L + 1, n),
        "one": (n + 2, n),
    }


# %% mutant="rounded-down" says="rounding the length of the longest segment down"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 3, 0),
        "every": (n + 3, n),
        "segments": (k + n // k + 2, n),
        "one": (n + 3, n),
    }


# %% mutant="inside-too-many" says="counting the last result of the recomputed segment as well"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 3, 0),
        "every": (n + 4, n),
        "segments": (k + L + 3, n),
        "one": (n + 4, n),
    }


# %% mutant="only-the-inside" says="forgetting the kept inputs of the segments"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 3, 0),
        "every": (4, n),
        "segments": (L + 3, n),
        "one": (n + 3, n),
    }


# %% mutant="last-not-recomputed" says="leaving the last segment out of the recomputation, as checkpoint_sequential does"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 3, 0),
        "every": (n + 3, n - 1),
        "segments": (k + L + 2, n - L),
        "one": (n + 3, 0),
    }


# %% mutant="twice-n-extra" says="counting all layer calls instead of those beyond the forward pass"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 3, n),
        "every": (n + 3, 2 * n),
        "segments": (k + L + 2, 2 * n),
        "one": (n + 3, 2 * n),
    }


# %% mutant="extra-per-segment" says="counting one extra call for each segment"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 3, 0),
        "every": (n + 3, n),
        "segments": (k + L + 2, k),
        "one": (n + 3, 1),
    }


# %% mutant="sqrt-of-n" says="using the square root of n, whatever k is"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (n + 3, 0),
        "every": (n + 3, n),
        "segments": (2 * math.isqrt(n) + 2, n),
        "one": (n + 3, n),
    }


# %% mutant="swapped-pair" says="giving extra calls first and peak second"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""
    L = math.ceil(n / k)
    return {
        "none": (0, n + 3),
        "every": (n, n + 3),
        "segments": (n, k + L + 2),
        "one": (n, n + 3),
    }
