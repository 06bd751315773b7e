# %% unusual="one-run-m-sweeps"
def vjp(trace, x, u):
    values = run_trace(trace, x)
    return row(trace, values, u)


def jacobian_reverse(trace, x):
    values = run_trace(trace, x)
    J = np.empty((len(trace["outputs"]), len(x)))
    for i, u in enumerate(np.eye(len(J))):
        J[i] = row(trace, values, u)
    return J

# %% added="before"
def row(trace, values, u):
    """One sweep on values that are known already."""
    seeds = {name: 0.0 for name in trace["outputs"]}
    for name, weight in zip(trace["outputs"], u):
        seeds[name] = seeds[name] + weight
    adjoint = backprop(trace, values, seeds)
    return [adjoint[name] for name in trace["inputs"]]


# %% unusual="lists"
def vjp(trace, x, u):
    total = [0.0] * len(x)
    for name, weight in zip(trace["outputs"], u):
        adjoint = backprop(trace, run_trace(trace, x), {name: weight})
        total = [a + adjoint[k] for a, k in zip(total, trace["inputs"])]
    return total


def jacobian_reverse(trace, x):
    rows = []
    for name in trace["outputs"]:
        adjoint = backprop(trace, run_trace(trace, x), {name: 1.0})
        rows.append([adjoint[k] for k in trace["inputs"]])
    return rows


# %% unusual="vjp-from-the-jacobian"
def vjp(trace, x, u):
    return np.einsum("i,ij->j", u, jacobian_reverse(trace, x))


def jacobian_reverse(trace, x):
    values, rows = run_trace(trace, x), {}
    for name in set(trace["outputs"]):
        adjoint = backprop(trace, values, {name: 1.0})
        rows[name] = np.fromiter((adjoint[k] for k in trace["inputs"]), float)
    return np.vstack([rows[name] for name in trace["outputs"]])


# %% unusual="an-extra-step"
def vjp(trace, x, u):
    """The weighted sum of the outputs as one more output, seeded with 1."""
    steps, total = list(trace["steps"]), 0.0
    for i, name in enumerate(trace["outputs"]):
        steps.append((f"weighted {i}", "mul", (name, float(u[i]))))
        steps.append((f"total {i}", "add", (f"weighted {i}", total)))
        total = f"total {i}"
    longer = {**trace, "steps": steps, "outputs": [total]}
    adjoint = backprop(longer, run_trace(longer, x), {total: 1.0})
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    m = len(trace["outputs"])
    return np.reshape([vjp(trace, x, np.eye(m)[i]) for i in range(m)], (m, len(x)))


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def vjp(trace, x, u):
    seeds = Counter()
    for name, weight in zip(trace["outputs"], u):
        seeds[name] += weight
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    return np.array([vjp(trace, x, u) for u in np.identity(len(trace["outputs"]))])

# %% added="before"
from collections import Counter
