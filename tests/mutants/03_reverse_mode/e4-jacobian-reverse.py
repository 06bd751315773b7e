# %% mutant="transposed" says="stacking the rows as columns"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    return np.array([vjp(trace, x, u) for u in np.eye(len(trace["outputs"]))]).T


# %% mutant="u-ignored" says="seeding every output with 1, whatever u is"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += 1.0
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    return np.array([vjp(trace, x, u) for u in np.eye(len(trace["outputs"]))])


# %% mutant="second-seed-replaces" says="losing a seed where an output is listed twice"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] = u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    return np.array([vjp(trace, x, u) for u in np.eye(len(trace["outputs"]))])


# %% mutant="row-lost" says="giving a single output no row of its own"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    return np.squeeze(np.array([vjp(trace, x, u) for u in np.eye(len(trace["outputs"]))]))


# %% mutant="rows-added" says="seeding all outputs at once: the sum of the rows"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    m = len(trace["outputs"])
    return np.tile(vjp(trace, x, np.ones(m)), (m, 1))


# %% mutant="seeds-for-each-input" says="as many seeds as there are inputs"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    return np.array([vjp(trace, x, u) for u in np.eye(len(trace["inputs"]))])


# %% mutant="first-output-only" says="seeding the first output only"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    seeds = {trace["outputs"][0]: u[0]}
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    return np.array([vjp(trace, x, u) for u in np.eye(len(trace["outputs"]))])


# %% mutant="last-step-is-the-output" says="seeding the last step, whether it is an output or not"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    seeds = {trace["steps"][-1][0]: u[0]}
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    return np.array([vjp(trace, x, u) for u in np.eye(len(trace["outputs"]))])


# %% mutant="all-adjoints" says="returning the adjoints of all values, not of the inputs"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in adjoint])


def jacobian_reverse(trace, x):
    return np.array([vjp(trace, x, u) for u in np.eye(len(trace["outputs"]))])


# %% mutant="unit-length-u" says="making u a unit vector first"
def vjp(trace, x, u):
    u = np.asarray(u) / np.linalg.norm(u)
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    return np.array([vjp(trace, x, u) for u in np.eye(len(trace["outputs"]))])


# %% mutant="inputs-by-the-alphabet" says="returning the inputs in the order of the alphabet, backwards"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in sorted(trace["inputs"], reverse=True)])


def jacobian_reverse(trace, x):
    return np.array([vjp(trace, x, u) for u in np.eye(len(trace["outputs"]))])


# %% mutant="n-runs-of-lesson-2" says="filling the Jacobian column by column, one run for each input"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    def outputs(z):
        values = run_trace(trace, z)
        return [values[name] for name in trace["outputs"]]

    columns = [dual.jvp(outputs, np.asarray(x, float), v)[1] for v in np.eye(len(x))]
    return np.stack(columns, axis=-1)


# %% mutant="one-sweep-for-each-entry" says="one sweep for each entry of the Jacobian"
def vjp(trace, x, u):
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])


def jacobian_reverse(trace, x):
    eye = np.eye(len(trace["outputs"]))
    return np.array([[vjp(trace, x, u)[j] for j in range(len(x))] for u in eye])


# %% mutant="central-difference" says="two runs for each input, as in lesson 1"
def vjp(trace, x, u):
    return np.asarray(u) @ jacobian_reverse(trace, x)


def jacobian_reverse(trace, x):
    def outputs(z):
        values = run_trace(trace, z)
        return np.array([values[name] for name in trace["outputs"]], dtype=float)

    x, h = np.asarray(x, float), 6e-6
    columns = [(outputs(x + h * v) - outputs(x - h * v)) / (2 * h) for v in np.eye(len(x))]
    return np.stack(columns, axis=-1)


# %% mutant="complex-step" says="a tiny imaginary step in each input: max does not survive it"
def vjp(trace, x, u):
    return np.asarray(u) @ jacobian_reverse(trace, x)


def jacobian_reverse(trace, x):
    columns = []
    for v in np.eye(len(x)):
        values = run_trace(trace, np.asarray(x) + 1e-30j * v)
        columns.append([np.imag(values[name]) / 1e-30 for name in trace["outputs"]])
    return np.array(columns).T


# %% mutant="library-ours" says="calling the course's own tape, which is not there when your work is graded"
from autograd_ref.tape import jacobian_reverse, vjp


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def vjp(trace, x, u):
    return np.asarray(u) @ jacobian_reverse(trace, x)


def jacobian_reverse(trace, x):
    import torch

    ops = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}
    ops |= {"exp": torch.exp, "log": torch.log, "sin": torch.sin, "max": torch.maximum}

    def f(z):
        known = dict(zip(trace["inputs"], z))
        for name, op, args in trace["steps"]:
            known[name] = ops[op](*(known.get(a, torch.tensor(0.0)) for a in args))
        return torch.stack([known[name] for name in trace["outputs"]])

    return torch.autograd.functional.jacobian(f, torch.tensor(x, dtype=torch.float64)).numpy()
