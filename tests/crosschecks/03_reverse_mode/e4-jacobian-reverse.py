# %% unusual="autograd"
def as_program(trace):
    """The trace as a function that autograd can follow."""

    def outputs(x):
        known = {name: x[i] for i, name in enumerate(trace["inputs"])}
        for name, op, args in trace["steps"]:
            known[name] = BOXED[op](*(known.get(arg, arg) for arg in args))
        return anp.array([known[name] for name in trace["outputs"]])

    return outputs


def vjp(trace, x, u):
    pull, _ = autograd.make_vjp(as_program(trace))(np.array(x, dtype=float))
    return pull(np.array(u, dtype=float))


def jacobian_reverse(trace, x):
    return autograd.jacobian(as_program(trace))(np.array(x, dtype=float))
