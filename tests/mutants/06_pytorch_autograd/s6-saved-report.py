# %% mutant="every-node" says="giving a row for nodes that saved nothing, too"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    rows = []
    for node in walk(fn(x.detach().requires_grad_())):
        kept = [getattr(node, a) for a in dir(node) if a.startswith("_saved_")]
        rows.append((node.name(), sum(t.nbytes for t in kept if isinstance(t, torch.Tensor))))
    return rows


# %% mutant="counts-tensors" says="counting tensors instead of bytes"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    rows = []
    for node in walk(fn(x.detach().requires_grad_())):
        kept = [getattr(node, a) for a in dir(node) if a.startswith("_saved_")]
        sizes = [1 for t in kept if isinstance(t, torch.Tensor)]
        if sizes:
            rows.append((node.name(), sum(sizes)))
    return rows


# %% mutant="counts-entries" says="counting entries instead of bytes"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    rows = []
    for node in walk(fn(x.detach().requires_grad_())):
        kept = [getattr(node, a) for a in dir(node) if a.startswith("_saved_")]
        sizes = [t.numel() for t in kept if isinstance(t, torch.Tensor)]
        if sizes:
            rows.append((node.name(), sum(sizes)))
    return rows


# %% mutant="eight-bytes-always" says="taking 8 bytes for every number and no tuples"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    rows = []
    for node in walk(fn(x.detach().requires_grad_())):
        kept = [getattr(node, a) for a in dir(node) if a.startswith("_saved_")]
        sizes = [8 * t.numel() for t in kept if isinstance(t, torch.Tensor)]
        if sizes:
            rows.append((node.name(), sum(sizes)))
    return rows


# %% mutant="merges-names" says="putting nodes of one name together"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    rows = {}
    for node in walk(fn(x.detach().requires_grad_())):
        for a in dir(node):
            kept = getattr(node, a) if "_saved_" in a else ()
            for t in kept if isinstance(kept, tuple) else (kept,):
                if isinstance(t, torch.Tensor):
                    rows[node.name()] = rows.get(node.name(), 0) + t.nbytes
    return list(rows.items())


# %% mutant="first-saved-only" says="looking at one saved tensor of each node"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    rows = []
    for node in walk(fn(x.detach().requires_grad_())):
        kept = [getattr(node, a) for a in dir(node) if a.startswith("_saved_")]
        sizes = [t.nbytes for t in kept if isinstance(t, torch.Tensor)]
        if sizes:
            rows.append((node.name(), sizes[0]))
    return rows


# %% mutant="distinct-storages" says="counting a tensor that two nodes share only once"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    rows, seen = [], set()
    for node in walk(fn(x.detach().requires_grad_())):
        size = 0
        for a in dir(node):
            kept = getattr(node, a) if "_saved_" in a else ()
            for t in kept if isinstance(kept, tuple) else (kept,):
                if isinstance(t, torch.Tensor) and t.data_ptr() not in seen:
                    seen.add(t.data_ptr())
                    size += t.nbytes
        if size:
            rows.append((node.name(), size))
    return rows


# %% mutant="switches-x-on" says="switching requires_grad of the caller's tensor on"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    rows = []
    for node in walk(fn(x.requires_grad_())):
        sizes = []
        for a in dir(node):
            kept = getattr(node, a) if "_saved_" in a else ()
            several = kept if isinstance(kept, tuple) else (kept,)
            sizes += [t.nbytes for t in several if isinstance(t, torch.Tensor)]
        if sizes:
            rows.append((node.name(), sum(sizes)))
    return rows


# %% mutant="recursive" says="walking by recursion, node by node and path by path"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    def visit(node):
        if node is None:
            return []
        kept = [getattr(node, a) for a in dir(node) if a.startswith("_saved_")]
        sizes = [t.nbytes for t in kept if isinstance(t, torch.Tensor)]
        rows = [(node.name(), sum(sizes))] if sizes else []
        for child, _ in node.next_functions:
            rows += visit(child)
        return rows

    return visit(fn(x.detach().requires_grad_()).grad_fn)


# %% mutant="only-the-last-node" says="looking at the last operation only"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    node = fn(x.detach().requires_grad_()).grad_fn
    kept = [getattr(node, a) for a in dir(node) if a.startswith("_saved_")]
    sizes = [t.nbytes for t in kept if isinstance(t, torch.Tensor)]
    return [(node.name(), sum(sizes))] if sizes else []
