# %% mutant="swapped" says="taking n for the rows and m for the columns"
def cost(n, m, mode):
    if mode == "forward":
        return m
    if mode == "reverse":
        return n + 1
    raise ValueError(mode)


def choose_mode(n, m):
    forward, reverse = cost(n, m, "forward"), cost(n, m, "reverse")
    if forward == reverse:
        return "either"
    return "forward" if forward < reverse else "reverse"


# %% mutant="the-dearer-one" says="choosing the mode that costs more"
def cost(n, m, mode):
    if mode == "forward":
        return n
    if mode == "reverse":
        return m + 1
    raise ValueError(mode)


def choose_mode(n, m):
    forward, reverse = cost(n, m, "forward"), cost(n, m, "reverse")
    if forward == reverse:
        return "either"
    return "forward" if forward > reverse else "reverse"


# %% mutant="run-not-counted" says="forgetting the run that records the values"
def cost(n, m, mode):
    if mode == "forward":
        return n
    if mode == "reverse":
        return m
    raise ValueError(mode)


def choose_mode(n, m):
    if n == m:
        return "either"
    return "forward" if n < m else "reverse"


# %% mutant="two-for-each-row" says="counting a run forwards for every row"
def cost(n, m, mode):
    if mode == "forward":
        return n
    if mode == "reverse":
        return 2 * m
    raise ValueError(mode)


def choose_mode(n, m):
    if n == m + 1:
        return "either"
    return "forward" if n < m + 1 else "reverse"


# %% mutant="any-mode-goes" says="taking every mode but forward for reverse"
def cost(n, m, mode):
    return n if mode == "forward" else m + 1


def choose_mode(n, m):
    if n == m + 1:
        return "either"
    return "forward" if n < m + 1 else "reverse"


# %% mutant="wrong-error" says="raising another error than ValueError for an unknown mode"
def cost(n, m, mode):
    return {"forward": n, "reverse": m + 1}[mode]


def choose_mode(n, m):
    if n == m + 1:
        return "either"
    return "forward" if n < m + 1 else "reverse"


# %% mutant="always-either" says="never making up its mind"
def cost(n, m, mode):
    if mode == "forward":
        return n
    if mode == "reverse":
        return m + 1
    raise ValueError(mode)


def choose_mode(n, m):
    return "either"


# %% mutant="always-reverse" says="choosing reverse mode whatever the sizes are"
def cost(n, m, mode):
    if mode == "forward":
        return n
    if mode == "reverse":
        return m + 1
    raise ValueError(mode)


def choose_mode(n, m):
    return "reverse"


# %% mutant="too-patient" says="saying either up to a factor of 3"
def cost(n, m, mode):
    if mode == "forward":
        return n
    if mode == "reverse":
        return m + 1
    raise ValueError(mode)


def choose_mode(n, m):
    forward, reverse = cost(n, m, "forward"), cost(n, m, "reverse")
    if max(forward, reverse) <= 3 * min(forward, reverse):
        return "either"
    return "forward" if forward < reverse else "reverse"


# %% mutant="either-one-sided" says="saying either whenever reverse mode is the cheaper one by any factor"
def cost(n, m, mode):
    if mode == "forward":
        return n
    if mode == "reverse":
        return m + 1
    raise ValueError(mode)


def choose_mode(n, m):
    return "forward" if n < m + 1 else "either"


# %% mutant="by-difference" says="comparing the difference of the costs, not their ratio"
def cost(n, m, mode):
    if mode == "forward":
        return n
    if mode == "reverse":
        return m + 1
    raise ValueError(mode)


def choose_mode(n, m):
    if abs(n - m - 1) <= 10:
        return "either"
    return "forward" if n < m + 1 else "reverse"


# %% mutant="true-or-false" says="returning True or False, not the name of a mode"
def cost(n, m, mode):
    if mode == "forward":
        return n
    if mode == "reverse":
        return m + 1
    raise ValueError(mode)


def choose_mode(n, m):
    return n < m + 1
