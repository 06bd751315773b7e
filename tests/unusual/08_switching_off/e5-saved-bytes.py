# %% unusual="dict-in-the-hook"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    seen = {p.untyped_storage()._cdata: (p, 0) for p in params}

    def pack(t):
        storage = t.untyped_storage()
        seen.setdefault(storage._cdata, (t, storage.nbytes()))
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    return sum(size for _, size in seen.values())


# %% unusual="running-total"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known, holding, total = set(), [], 0
    for p in list(params):
        known.add(p.untyped_storage().data_ptr())

    def pack(t):
        nonlocal total
        memory = t.untyped_storage()
        holding.append(memory)
        if memory.data_ptr() not in known:
            known.add(memory.data_ptr())
            total += memory.nbytes()
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    return total


# %% unusual="packs-a-tuple"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    own = [p.detach() for p in params]
    kept = []
    with saved_tensors_hooks(lambda t: (kept.append(t.detach()), t), lambda pair: pair[1]):
        fn()

    def place(t):
        return t.untyped_storage().data_ptr()

    left = {place(t) for t in kept} - {place(p) for p in own}
    return int(sum(next(t for t in kept if place(t) == at).untyped_storage().nbytes() for at in left))


# %% unusual="class-of-hooks"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    class Till(saved_tensors_hooks):
        def __init__(self):
            self.kept = []
            super().__init__(self.pack, lambda i: self.kept[i])

        def pack(self, t):
            self.kept.append(t)
            return len(self.kept) - 1

    out = {p.untyped_storage().data_ptr() for p in params}
    till = Till()
    with till:
        fn()
    spread = {}
    for t in till.kept:
        spread[t.untyped_storage().data_ptr()] = t.untyped_storage().size()
    for place in out:
        spread.pop(place, None)
    return sum(spread.values())


# %% unusual="set-of-pairs"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    pairs, alive = set(), []

    def note(t):
        alive.append(t)
        pairs.add((t.untyped_storage().data_ptr(), t.untyped_storage().nbytes()))
        return t

    skip = {(p.untyped_storage().data_ptr(), p.untyped_storage().nbytes()) for p in params}
    with torch.autograd.graph.saved_tensors_hooks(note, lambda t: t):
        fn()
    return sum(size for _, size in pairs - skip)


# %% unusual="numpy-int"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []
    with saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        fn()
    at = np.array([t.untyped_storage().data_ptr() for t in kept], dtype=np.int64)
    size = np.array([t.untyped_storage().nbytes() for t in kept], dtype=np.int64)
    _, first = np.unique(at, return_index=True)
    return sum((size[i] for i in first if int(at[i]) not in known), np.int64(0))


# %% unusual="helper-cell"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    own = set(map(ground, params))
    kept = receipts_of(fn)
    return sum({ground(t): t.untyped_storage().nbytes() for t in kept if ground(t) not in own}.values())


# %% added="before"
def ground(t):
    return t.untyped_storage().data_ptr()


def receipts_of(fn):
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    return kept


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    sizes = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}
    return sum(size for place, size in sizes.items() if place not in known)
