# %% unusual="autograd"
BOXED = {
    "add": anp.add,
    "sub": anp.subtract,
    "mul": anp.multiply,
    "div": anp.divide,
    "maximum": anp.maximum,
}


def vjp_binary(op, a, b, out, g):
    pull, _ = autograd.make_vjp(lambda pair: BOXED[op](*pair))((a, b))
    return pull(g)
