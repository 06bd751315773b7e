# %% mutant="nan-compare" says="comparing with NaN by ==, which is never true"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if (g == float("nan")).any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="mean-hides" says="judging by the mean of the entries"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.mean().isnan():
                row["status"] = "nan"
            elif g.mean().isinf():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="zero-is-none" says="calling a gradient of zeros none"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "none"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="none-is-zero" says="calling a missing gradient zero"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "zero"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="frozen-is-none" says="calling a frozen parameter one without gradient"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "none", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="frozen-looks-at-grad" says="calling a parameter frozen only if it has no gradient either"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.grad is None and p.requires_grad:
            row["status"] = "none"
        elif p.grad is not None:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="inf-before-nan" says="looking for inf before NaN"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isinf().any():
                row["status"] = "inf"
            elif g.isnan().any():
                row["status"] = "nan"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="only-plus-inf" says="looking for +inf only"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isposinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="not-finite-is-inf" says="calling everything that is not finite inf"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if not g.isfinite().all():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="all-nan" says="asking for all entries to be NaN"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().all():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="single-precision" says="taking norms in the parameter's own precision"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="float-norms" says="taking norms in single precision"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().float().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().float()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="converted-too-late" says="converting the norm instead of the entries"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = p.grad.to_dense().norm().double().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="epsilon-in-ratio" says="adding a small number to the divisor"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / (size + 1e-8)
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="ratio-upside-down" says="dividing the parameter's norm by the gradient's"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = size / norm if norm else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="ratio-zero" says="giving 0 as the ratio to a parameter of zeros"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else 0.0
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="stored-values" says="taking the norm of the values that a sparse gradient stores"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = (p.grad._values() if p.grad.is_sparse else p.grad).double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="thresholds-by-ratio" says="comparing the ratio with the thresholds"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif (row["ratio"] or 0.0) < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if (row["ratio"] or 0.0) > exploding else "ok"
    return rows


# %% mutant="largest-entry" says="comparing the largest entry with the thresholds"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif g.abs().max() < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if g.abs().max() > exploding else "ok"
    return rows


# %% mutant="fixed-thresholds" says="using fixed thresholds whatever is given"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < 1e-7:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > 1e3 else "ok"
    return rows


# %% mutant="faint-is-zero" says="calling very small gradients zero"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif norm < 1e-10:
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="equal-counts" says="counting a norm equal to a threshold as beyond it"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm <= vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm >= exploding else "ok"
    return rows


# %% mutant="missing-keys" says="leaving out the keys that have no value"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return [{k: v for k, v in row.items() if v is not None} for row in rows]


# %% mutant="skips-frozen" says="leaving out frozen parameters"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return [row for row in rows if row["status"] != "frozen"]


# %% mutant="fills-zeros" says="writing zeros into missing gradients"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.grad is None and p.requires_grad:
            p.grad = torch.zeros_like(p)
            row["status"] = "none"
            continue
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="cleans-up" says="replacing NaN in the gradients by 0 on the way"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            if not p.grad.is_sparse:
                p.grad.nan_to_num_()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="parameters-without-names" says="naming parameters by number"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in enumerate(model.parameters()):
        size = p.detach().double().norm().item()
        row = {"name": str(name), "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% mutant="mean-square" says="dividing by the number of entries before the root"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.square().mean().sqrt().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows
