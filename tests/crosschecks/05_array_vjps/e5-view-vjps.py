# %% unusual="autograd"
VIEWED = {
    "reshape": anp.reshape,
    "permute": anp.transpose,
    "getitem": lambda x, arg: x[arg],
}


def vjp_view(kind, x, out, g, arg):
    pull, _ = autograd.make_vjp(lambda v: VIEWED[kind](v, arg))(x)
    return pull(g)
