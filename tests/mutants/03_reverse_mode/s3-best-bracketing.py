# %% mutant="pure-modes-only" says="taking the better one of the two pure modes"
def best_work(sizes):
    return min(forward_work(sizes), reverse_work(sizes))


def neither_wins():
    return [30, 400, 3, 400, 30]


# %% mutant="greedy" says="always doing the cheapest product next"
def best_work(sizes):
    sizes, total = list(sizes), 0
    while len(sizes) > 2:
        works = [sizes[i - 1] * sizes[i] * sizes[i + 1] for i in range(1, len(sizes) - 1)]
        i = works.index(min(works))
        total += works[i]
        del sizes[i + 1]
    return total


def neither_wins():
    return [30, 400, 3, 400, 30]


# %% mutant="all-bracketings" says="trying all bracketings again and again: right, and far too long for long chains"
def best_work(sizes):
    def piece(i, j):
        splits = range(i + 1, j)
        ways = (piece(i, s) + piece(s, j) + sizes[i] * sizes[s] * sizes[j] for s in splits)
        return min(ways, default=0)

    return piece(0, len(sizes) - 1)


def neither_wins():
    return [30, 400, 3, 400, 30]


# %% mutant="case-of-the-text" says="handing in the sizes of the text"
def best_work(sizes):
    best = {}
    for length in range(1, len(sizes)):
        for i in range(len(sizes) - length):
            j = i + length
            best[i, j] = min(
                (best[i, s] + best[s, j] + sizes[i] * sizes[s] * sizes[j] for s in range(i + 1, j)),
                default=0,
            )
    return best[0, len(sizes) - 1]


def neither_wins():
    return [50, 1000, 2, 1000, 50]


# %% mutant="a-case-where-reverse-wins" says="a case in which reverse mode is best"
def best_work(sizes):
    best = {}
    for length in range(1, len(sizes)):
        for i in range(len(sizes) - length):
            j = i + length
            best[i, j] = min(
                (best[i, s] + best[s, j] + sizes[i] * sizes[s] * sizes[j] for s in range(i + 1, j)),
                default=0,
            )
    return best[0, len(sizes) - 1]


def neither_wins():
    return [1000, 100, 10, 1]


# %% mutant="last-stage-forgotten" says="leaving the last stage out"
def best_work(sizes):
    best = {}
    for length in range(1, len(sizes)):
        for i in range(len(sizes) - length):
            j = i + length
            best[i, j] = min(
                (best[i, s] + best[s, j] + sizes[i] * sizes[s] * sizes[j] for s in range(i + 1, j)),
                default=0,
            )
    return best[0, max(len(sizes) - 2, 1)]


def neither_wins():
    return [30, 400, 3, 400, 30]


# %% mutant="cost-without-the-middle" says="counting a product (a x b)(b x c) as a times c"
def best_work(sizes):
    best = {}
    for length in range(1, len(sizes)):
        for i in range(len(sizes) - length):
            j = i + length
            best[i, j] = min(
                (best[i, s] + best[s, j] + sizes[i] * sizes[j] for s in range(i + 1, j)),
                default=0,
            )
    return best[0, len(sizes) - 1]


def neither_wins():
    return [30, 400, 3, 400, 30]


# %% mutant="split-at-the-narrowest" says="splitting at the smallest size, whatever it costs"
def best_work(sizes):
    if len(sizes) < 3:
        return 0
    s = 1 + int(np.argmin(sizes[1:-1]))
    here = sizes[0] * sizes[s] * sizes[-1]
    return best_work(sizes[: s + 1]) + best_work(sizes[s:]) + here


def neither_wins():
    return [30, 400, 3, 400, 30]
