# %% mutant="one-by-one" says="adding up every saved tensor, shared or not"
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
    return sum(t.untyped_storage().nbytes() for t in kept if t.untyped_storage().data_ptr() not in known)


# %% mutant="shapes" says="counting the numbers of each tensor instead of the storage under it"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    sizes = {t.untyped_storage().data_ptr(): t.nbytes for t in kept}
    return sum(size for place, size in sizes.items() if place not in known)


# %% mutant="where-the-view-begins" says="telling storages apart by where a view begins"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    sizes = {t.data_ptr(): t.untyped_storage().nbytes() for t in kept}
    return sum(size for place, size in sizes.items() if place not in known)


# %% mutant="by-identity" says="telling tensors apart by their identity"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    sizes = {id(t): t.untyped_storage().nbytes() for t in kept}
    return sum(sizes.values())


# %% mutant="parameters-counted" says="counting parameters, too"
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
    return sum(sizes.values())


# %% mutant="parameters-by-class" says="leaving out what is an nn.Parameter, and not the views of one"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    sizes = {}

    def pack(t):
        if not isinstance(t, nn.Parameter):
            sizes[t.untyped_storage().data_ptr()] = (t, t.untyped_storage().nbytes())
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    return sum(size for t, size in sizes.values())


# %% mutant="parameters-by-is" says="leaving out the parameters themselves, and not the views of them"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    params = list(params)
    sizes = {}

    def pack(t):
        if not any(t is p for p in params):
            sizes[t.untyped_storage().data_ptr()] = (t, t.untyped_storage().nbytes())
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    return sum(size for t, size in sizes.values())


# %% mutant="all-weights-left-out" says="leaving out every leaf that requires grad, whether or not it is in params"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    sizes = {}

    def pack(t):
        base = t if t._base is None else t._base
        if not (base.is_leaf and base.requires_grad):
            sizes[t.untyped_storage().data_ptr()] = (t, t.untyped_storage().nbytes())
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    return sum(size for t, size in sizes.values())


# %% mutant="subtracts-params" says="subtracting the size of all params, whether or not they were saved"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr(): p.untyped_storage().nbytes() for p in params}
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    sizes = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}
    return sum(sizes.values()) - sum(known.values())


# %% mutant="walks-params-in-the-hook" says="walking through params anew in each hook, although a generator comes once"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    kept = {}

    def pack(t):
        if t.untyped_storage().data_ptr() not in [p.untyped_storage().data_ptr() for p in params]:
            kept[t.untyped_storage().data_ptr()] = (t, t.untyped_storage().nbytes())
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    return sum(size for _, size in kept.values())


# %% mutant="counts-tensors" says="counting tensors instead of bytes"
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
    return len([place for place in sizes if place not in known])


# %% mutant="counts-numbers" says="counting numbers instead of bytes"
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
    return sum(size // 8 for place, size in sizes.items() if place not in known)


# %% mutant="eight-bytes-always" says="taking eight bytes for every number"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    sizes = {t.untyped_storage().data_ptr(): 8 * (t.untyped_storage().nbytes() // t.element_size()) for t in kept}
    return sum(size for place, size in sizes.items() if place not in known)


# %% mutant="counts-the-result" says="counting the result of fn"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    out = fn()
    return 0 if out is None or not out.requires_grad else out.nbytes


# %% mutant="result-and-receipts" says="counting the result of fn on top"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []
    with saved_tensors_hooks(lambda t: (kept.append(t), t)[1], lambda t: t):
        out = fn()
    if isinstance(out, torch.Tensor) and out.requires_grad:
        kept.append(out)
    sizes = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}
    return sum(size for place, size in sizes.items() if place not in known)


# %% mutant="live-bytes" says="measuring everything that is alive, saved or not"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    return peak_bytes(fn)[0]


# %% mutant="records-under-no-grad" says="switching recording on round fn"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        torch.enable_grad()(fn)()
    sizes = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}
    return sum(size for place, size in sizes.items() if place not in known)


# %% mutant="runs-twice" says="running fn twice"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    fn()
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    sizes = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}
    return sum(size for place, size in sizes.items() if place not in known)


# %% mutant="unpacks-nothing" says="giving nothing back on the way back"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: None):
        fn()
    sizes = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}
    return sum(size for place, size in sizes.items() if place not in known)


# %% mutant="unpacks-zeros" says="giving zeros back on the way back"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, torch.zeros_like):
        fn()
    sizes = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}
    return sum(size for place, size in sizes.items() if place not in known)


# %% mutant="packs-a-copy" says="keeping copies, which share nothing"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    known = {p.untyped_storage().data_ptr() for p in params}
    kept = []

    def pack(t):
        t = t.detach().clone()
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    sizes = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}
    return sum(size for place, size in sizes.items() if place not in known)


# %% mutant="largest-only" says="taking the largest storage instead of the sum"
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
    return max([size for place, size in sizes.items() if place not in known], default=0)
