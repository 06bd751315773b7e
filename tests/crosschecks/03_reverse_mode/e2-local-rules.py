# %% unusual="autograd"
import autograd
import autograd.numpy as anp

BOXED = {
    "add": anp.add,
    "sub": anp.subtract,
    "mul": anp.multiply,
    "div": anp.divide,
    "exp": anp.exp,
    "log": anp.log,
    "sin": anp.sin,
    "max": anp.maximum,
}


def local_vjp(op, args, out, g):
    numbers = tuple(float(x) for x in args)  # autograd wants floats
    pull, _ = autograd.make_vjp(lambda xs: BOXED[op](*xs))(numbers)
    return pull(g)
