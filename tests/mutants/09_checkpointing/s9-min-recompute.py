# %% mutant="counts-all-calls" says="counting all calls, the recorded ones as well"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    price = {}
    for free in range(slots + 1):
        for length in range(1, n + 1):
            best = length * (length - 1) // 2
            for m in range(1, length if free else 1):
                best = min(best, m + price[length - m, free - 1] + price.get((m, free), 0))
            price[length, free] = best
    return price[n, slots] + n


# %% mutant="halves" says="always putting the slot in the middle"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    price = {}
    for free in range(slots + 1):
        for length in range(1, n + 1):
            best = length * (length - 1) // 2
            for m in ([length // 2] if free and length > 1 else []):
                best = min(best, m + price[length - m, free - 1] + price.get((m, free), 0))
            price[length, free] = best
    return price[n, slots]


# %% mutant="slot-not-freed" says="not giving the slot back for the left part"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    price = {}
    for free in range(slots + 1):
        for length in range(1, n + 1):
            best = length * (length - 1) // 2
            for m in range(1, length if free else 1):
                best = min(best, m + price[length - m, free - 1] + price[m, free - 1])
            price[length, free] = best
    return price[n, slots]


# %% mutant="slot-for-both" says="using the same slot on the right as well"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    price = {}
    for free in range(slots + 1):
        for length in range(1, n + 1):
            best = length * (length - 1) // 2
            for m in range(1, length if free else 1):
                best = min(best, m + price.get((length - m, free), 0) + price[m, free])
            price[length, free] = best
    return price[n, slots]


# %% mutant="advance-forgotten" says="forgetting the run ahead to the slot"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    price = {}
    for free in range(slots + 1):
        for length in range(1, n + 1):
            best = length * (length - 1) // 2
            for m in range(1, length if free else 1):
                best = min(best, price[length - m, free - 1] + price.get((m, free), 0))
            price[length, free] = best
    return price[n, slots]


# %% mutant="recorded-run-ahead" says="counting the layer itself when no slot is free"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    price = {}
    for free in range(slots + 1):
        for length in range(1, n + 1):
            best = length * (length + 1) // 2
            for m in range(1, length if free else 1):
                best = min(best, m + price[length - m, free - 1] + price.get((m, free), 0))
            price[length, free] = best
    return price[n, slots]


# %% mutant="no-slots-ever" says="never using a slot"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    return n * (n - 1) // 2


# %% mutant="one-pass" says="thinking that one extra pass is always enough"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    return n


# %% mutant="input-takes-a-slot" says="letting the input take one of the slots"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    price = {}
    for free in range(max(slots, 1)):
        for length in range(1, n + 1):
            best = length * (length - 1) // 2
            for m in range(1, length if free else 1):
                best = min(best, m + price[length - m, free - 1] + price.get((m, free), 0))
            price[length, free] = best
    return price[n, max(slots - 1, 0)]


# %% mutant="every-stored" says="thinking that all fits, whatever the slots"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    return n - 1


# %% mutant="segments" says="using equal segments, one for each slot"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    size = -(-n // (slots + 1))
    return n - size + sum(min(size, n - i) * (min(size, n - i) - 1) // 2 for i in range(0, n, size))


# %% mutant="longest-end" says="putting the slot so that the right part has one layer"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    price = {}
    for free in range(slots + 1):
        for length in range(1, n + 1):
            best = length * (length - 1) // 2
            for m in ([length - 1] if free and length > 1 else []):
                best = min(best, m + price[length - m, free - 1] + price.get((m, free), 0))
            price[length, free] = best
    return price[n, slots]


# %% mutant="shortest-start" says="putting the slot behind the first layer"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""
    price = {}
    for free in range(slots + 1):
        for length in range(1, n + 1):
            best = length * (length - 1) // 2
            for m in ([1] if free and length > 1 else []):
                best = min(best, m + price[length - m, free - 1] + price.get((m, free), 0))
            price[length, free] = best
    return price[n, slots]
