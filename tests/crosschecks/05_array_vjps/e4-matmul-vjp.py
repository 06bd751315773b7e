# %% unusual="autograd"
def vjp_matmul(a, b, g):
    pull, _ = autograd.make_vjp(lambda pair: anp.matmul(*pair))((a, b))
    return pull(g)
