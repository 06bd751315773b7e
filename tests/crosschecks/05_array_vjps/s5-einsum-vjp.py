# %% unusual="autograd"
def vjp_einsum(spec, a, b, g):
    pull, _ = autograd.make_vjp(lambda pair: anp.einsum(spec, *pair))((a, b))
    return pull(g)
