# %% unusual="autograd"
def pull_back(reduce, x, g, axis, keepdims):
    pull, _ = autograd.make_vjp(lambda v: reduce(v, axis=axis, keepdims=keepdims))(x)
    return pull(g)


def vjp_sum(x, out, g, axis=None, keepdims=False):
    return pull_back(anp.sum, x, g, axis, keepdims)


def vjp_mean(x, out, g, axis=None, keepdims=False):
    return pull_back(anp.mean, x, g, axis, keepdims)


def vjp_max(x, out, g, axis=None, keepdims=False):
    return pull_back(anp.max, x, g, axis, keepdims)
