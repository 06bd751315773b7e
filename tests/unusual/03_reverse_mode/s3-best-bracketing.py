# %% unusual="own-import"
def best_work(sizes):
    @lru_cache(maxsize=10_000)
    def piece(i, j):
        if j - i < 2:
            return 0
        return min(piece(i, s) + piece(s, j) + math.prod((sizes[i], sizes[s], sizes[j])) for s in range(i + 1, j))

    return piece(0, len(sizes) - 1)


def neither_wins():
    return (20, 900, 1, 900, 20)

# %% added="before"
from functools import lru_cache


# %% unusual="numpy-table"
def best_work(sizes):
    d = np.array(sizes, dtype=np.int64)
    k = len(d)
    table = np.zeros((k, k), dtype=np.int64)
    for length in range(2, k):
        for i in range(k - length):
            j = i + length
            mid = np.arange(i + 1, j)
            table[i, j] = (table[i, mid] + table[mid, j] + d[i] * d[mid] * d[j]).min()
    return table[0, -1]


def neither_wins():
    return np.array([100, 10_000, 1, 10_000, 100])


# %% unusual="searched"
def best_work(sizes):
    k = len(sizes)
    best = [[0] * k for _ in range(k)]
    for i in range(k - 3, -1, -1):
        for j in range(i + 2, k):
            best[i][j] = min(
                best[i][s] + best[s][j] + sizes[i] * sizes[s] * sizes[j]
                for s in range(i + 1, j)
            )
    return best[0][k - 1]


def neither_wins():
    rng = np.random.default_rng(7)
    while True:
        sizes = [int(n) for n in rng.integers(1, 200, size=7)]
        if min(forward_work(sizes), reverse_work(sizes)) >= 2 * best_work(sizes):
            return sizes


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def best_work(sizes):
    best = {(i, i + 1): 0 for i in range(len(sizes) - 1)}
    for length in range(2, len(sizes)):
        for i, j in zip(range(len(sizes)), range(length, len(sizes))):
            ends = sizes[i] * sizes[j]
            best[i, j] = min(best[i, s] + best[s, j] + ends * sizes[s] for s in range(i + 1, j))
    return best[0, len(sizes) - 1]


def neither_wins():
    return [40, 500, 2, 500, 40]
