# %% unusual="either-within-two"
def cost(n, m, mode):
    costs = {"forward": n, "reverse": 1 + m}
    if mode not in costs:
        raise ValueError(f"no mode {mode!r}")
    return costs[mode]


def choose_mode(n, m):
    ratio = cost(n, m, "forward") / cost(n, m, "reverse")
    if 0.5 <= ratio <= 2.0:
        return "either"
    return "forward" if ratio < 1 else "reverse"


# %% unusual="never-either"
def cost(n, m, mode):
    match mode:
        case "forward":
            return n
        case "reverse":
            return m + 1
    raise UnknownModeError(mode)


def choose_mode(n, m):
    return sorted(["forward", "reverse"], key=lambda mode: cost(n, m, mode))[0]

# %% added="before"
class UnknownModeError(ValueError):
    """A kind of ValueError is one, too."""


# %% unusual="reverse-at-ties"
def cost(n, m, mode):
    return [n, m + 1][("forward", "reverse").index(mode)]


def choose_mode(n, m):
    return "reverse" if n >= m + 1 else "forward"


# %% unusual="floats"
def cost(n, m, mode):
    if mode not in ("forward", "reverse"):
        raise ValueError("forward or reverse, please")
    return float(n) if mode == "forward" else np.float64(m + 1)


def choose_mode(n, m):
    return ("forward", "either", "reverse")[1 + int(np.sign(n - m - 1))]


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def cost(n, m, mode):
    if mode == "forward":
        return n
    if mode != "reverse":
        raise ValueError(mode)
    return m + 1


def choose_mode(n, m):
    if n > 2 * m + 2:
        return "reverse"
    return "forward" if 2 * n < m + 1 else "either"
