# %% unusual="recursion-with-memory"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    known = {}

    def price(length, free):
        if length == 1:
            return 0
        if free == 0:
            return length * (length - 1) // 2
        if (length, free) not in known:
            splits = (m + price(length - m, free - 1) + price(m, free) for m in range(1, length))
            known[length, free] = min(splits)
        return known[length, free]

    return price(n, slots)


# %% unusual="closed-form"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    s, r = slots + 1, 0
    while math.comb(s + r, s) < n:
        r += 1
    return sum(max(0, n - math.comb(s + i, s)) for i in range(r))


# %% unusual="array-by-array"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    row = np.arange(n + 1) * (np.arange(n + 1) - 1) // 2
    for _ in range(slots):
        new = np.zeros(n + 1, dtype=int)
        for length in range(2, n + 1):
            m = np.arange(1, length)
            new[length] = min(row[length], (m + row[length - m] + new[m]).min())
        row = new
    return int(row[n])


# %% unusual="calls-of-each-layer"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    # as many layers as possible are run ahead once, then twice, ...
    s, total, times, left = slots + 1, 0, 0, n
    while left:
        many = min(left, math.comb(s + times - 1, times))
        total, left, times = total + many * times, left - many, times + 1
    return total
