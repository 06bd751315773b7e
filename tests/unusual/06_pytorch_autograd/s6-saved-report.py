# %% unusual="own-walk"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    y = fn(x.detach().clone().requires_grad_())
    waiting, done, rows = [y.grad_fn], [], []
    done = {}
    for node in waiting:
        if node is None or node in done:
            continue
        done[node] = total(node)
        waiting.extend(pair[0] for pair in node.next_functions)
    return [(node.name(), size) for node, size in done.items() if size]


# %% added="before"
def total(node):
    """Bytes of all tensors that a node saved."""
    size = 0
    for name in dir(node):
        if name.startswith("_saved"):
            found = getattr(node, name)
            for t in found if isinstance(found, (tuple, list)) else [found]:
                size += t.numel() * t.element_size() if torch.is_tensor(t) else 0
    return size


# %% unusual="lists-and-reversed"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    rows = []
    for node in reversed(walk(fn(x.detach().requires_grad_(True)))):
        values = [getattr(node, a) for a in dir(node) if a.startswith("_saved_")]
        flat = [t for v in values for t in (v if isinstance(v, tuple) else [v])]
        size = sum(t.untyped_storage().nbytes() if False else t.nbytes for t in flat if hasattr(t, "nbytes"))
        if size > 0:
            rows.append([node.name(), size])
    return rows


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    rows = []
    for node in walk(fn(x.detach().requires_grad_())):
        sizes = []
        for a in dir(node):
            kept = getattr(node, a) if "_saved_" in a else ()
            several = kept if isinstance(kept, tuple) else (kept,)
            sizes += [t.nbytes for t in several if isinstance(t, torch.Tensor)]
        if sizes:
            rows.append((node.name(), sum(sizes)))
    return rows
