# %% mutant="g-forgotten" says="returning the slopes without multiplying by g"
def local_vjp(op, args, out, g):
    g = 1.0
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="exp-by-input" says="multiplying by the input of exp, not by its output"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * x,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="log-by-output" says="dividing by the output of log, not by its input"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / out,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="quotient-without-square" says="a quotient rule without the square below"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * args[0] / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="quotient-sign" says="a quotient rule with a plus for the lower argument"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="difference-sign" says="sending g to both sides of a difference"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="product-own-factor" says="sending each factor its own value times g, not the other one's"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * x, g * y),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="sine-again" says="taking the sine as its own slope"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * out,),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="cosine-of-output" says="taking the cosine of the output"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(out),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="max-to-both" says="sending g to both arguments of max"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, g),
    }
    return rules[op](*args)


# %% mutant="max-to-smaller" says="sending g to the smaller argument of max"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x < y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="max-always-first" says="sending g to the first argument of max, whichever is larger"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0),
    }
    return rules[op](*args)


# %% mutant="max-without-g" says="sending 1 to the larger argument, not g"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (1.0, 0.0) if x >= y else (0.0, 1.0),
    }
    return rules[op](*args)


# %% mutant="bare-number" says="returning a bare number where there is one argument, not a tuple of one"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    found = rules[op](*args)
    return found if len(found) == 2 else found[0]


# %% mutant="absolute-g" says="losing the sign of g"
def local_vjp(op, args, out, g):
    g = abs(g)
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)


# %% mutant="one-argument" says="sending something to the first argument only"
def local_vjp(op, args, out, g):
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)[:1]


# %% mutant="central-difference" says="measuring each slope with two calls, as in lesson 1"
def local_vjp(op, args, out, g):
    shares = []
    for i, x in enumerate(args):
        h = 6e-6 * max(1.0, abs(x))
        ends = [[*args[:i], x + s * h, *args[i + 1 :]] for s in (1, -1)]
        above, below = (OPS[op](*end) for end in ends)
        shares.append(g * (above - below) / (2 * h))
    return tuple(shares)


# %% mutant="complex-step" says="taking a tiny imaginary step in each argument: max does not survive it"
def local_vjp(op, args, out, g):
    shares = []
    for i, x in enumerate(args):
        moved = [*args[:i], x + 1e-30j, *args[i + 1 :]]
        shares.append(g * np.imag(OPS[op](*moved)) / 1e-30)
    return tuple(shares)


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def local_vjp(op, args, out, g):
    import torch

    xs = [torch.tensor(float(x), dtype=torch.float64, requires_grad=True) for x in args]
    names = {"max": torch.maximum}
    z = names.get(op, getattr(torch, op, None))(*xs)
    return tuple(float(a) for a in torch.autograd.grad(z, xs, torch.tensor(float(g)).double()))


# %% mutant="library-ours" says="calling the course's own table of derivatives, which is not there when your work is graded"
def local_vjp(op, args, out, g):
    from autograd_ref.ops import TABLE

    return TABLE[op].vjp(g, out, args)
