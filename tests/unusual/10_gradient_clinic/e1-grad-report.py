# %% unusual="numpy"
def grad_report(model, *, vanishing=1e-7, exploding=1e3):
    report = []
    for name, p in model.named_parameters():
        values = p.detach().numpy().astype(np.float64)
        size = float(np.sqrt(np.sum(values**2)))
        if not p.requires_grad:
            report.append(entry(name, "frozen", None, size))
        elif p.grad is None:
            report.append(entry(name, "none", None, size))
        else:
            g = p.grad.to_dense().numpy().astype(np.float64)
            with np.errstate(all="ignore"):
                norm = float(np.sqrt(np.sum(g**2)))
            report.append(entry(name, word(g, norm, vanishing, exploding), norm, size))
    return report


# %% added="before"
def entry(name, status, norm, size):
    ratio = None if norm is None or size == 0 else norm / size
    return dict(ratio=ratio, param_norm=size, grad_norm=norm, status=status, name=name)


def word(g, norm, low, high):
    if np.any(np.isnan(g)):
        return "nan"
    if np.any(np.isinf(g)):
        return "inf"
    if np.all(g == 0):
        return "zero"
    return "vanishing" if norm < low else "exploding" if norm > high else "ok"


# %% unusual="from-the-back"
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
    return rows[::-1]


# %% unusual="numpy-numbers"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    rows = []
    for name, p in model.named_parameters():
        size = np.float64(p.detach().double().norm())
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = np.float64(g.norm())
            row["grad_norm"] = norm
            row["ratio"] = None if size == 0.0 else norm / size
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


# %% unusual="by-the-norm"
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
            if norm != norm:
                row["status"] = "nan"
            elif norm == float("inf"):
                row["status"] = "inf"
            elif norm == 0.0:
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows


# %% unusual="a-table-of-tests"
def grad_report(model, *, vanishing=1e-7, exploding=1e3):
    def row(name, p):
        size = torch.linalg.vector_norm(p.detach(), dtype=torch.float64).item()
        made = {"name": name, "param_norm": size, "grad_norm": None, "ratio": None}
        if not p.requires_grad or p.grad is None:
            return made | {"status": "none" if p.requires_grad else "frozen"}
        g = p.grad.coalesce().values() if p.grad.is_sparse else p.grad
        norm = torch.linalg.vector_norm(g, dtype=torch.float64).item()
        tests = [
            ("nan", g.isnan().any()),
            ("inf", g.isinf().any()),
            ("zero", (g == 0).all()),
            ("vanishing", norm < vanishing),
            ("exploding", norm > exploding),
            ("ok", True),
        ]
        made["status"] = [w for w, holds in tests if holds][0]
        made["grad_norm"] = norm
        if size != 0:
            made["ratio"] = norm / size
        return made

    return [row(*pair) for pair in model.named_parameters()]


# %% unusual="a-generator-and-match"
def grad_report(model, *, vanishing=1e-7, exploding=1e3):
    def rows():
        for name, p in dict(model.named_parameters()).items():
            g = None if p.grad is None else p.grad.clone().to_dense().to(torch.float64).flatten()
            size = sum(v * v for v in p.detach().double().flatten().tolist()) ** 0.5
            match (p.requires_grad, g):
                case (False, _):
                    yield [name, "frozen", None, size, None]
                case (True, None):
                    yield [name, "none", None, size, None]
                case _:
                    norm = (g @ g).sqrt().item()
                    bad = "nan" if g.isnan().any() else "inf" if g.isinf().any() else ""
                    size_ = "vanishing" if norm < vanishing else "exploding" if norm > exploding else "ok"
                    word = bad or ("zero" if g.count_nonzero() == 0 else size_)
                    yield [name, word, norm, size, norm / size if size > 0 else None]

    keys = ["name", "status", "grad_norm", "param_norm", "ratio"]
    return [dict(zip(keys, row)) for row in rows()]


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
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
    return rows
