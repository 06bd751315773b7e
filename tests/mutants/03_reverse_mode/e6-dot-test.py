# %% mutant="all-ones" says="testing with vectors of ones: some mistakes cancel in the sums"
def dot_test(jvp, vjp, x, rng):
    v = np.ones(np.shape(x))
    pushed = np.asarray(jvp(v))
    u = np.ones(pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return float(abs(left - right) / scale) if scale else 0.0


# %% mutant="ones-for-u" says="a u of ones: some mistakes cancel in the sum"
def dot_test(jvp, vjp, x, rng):
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = np.ones(pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return float(abs(left - right) / scale) if scale else 0.0


# %% mutant="ones-for-v" says="a v of ones: some mistakes cancel in the sum"
def dot_test(jvp, vjp, x, rng):
    v = np.ones(np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return float(abs(left - right) / scale) if scale else 0.0


# %% mutant="x-for-v" says="taking x itself as the direction"
def dot_test(jvp, vjp, x, rng):
    v = np.asarray(x, float)
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return float(abs(left - right) / scale) if scale else 0.0


# %% mutant="own-generator" says="drawing from a generator of its own, always the same numbers"
def dot_test(jvp, vjp, x, rng):
    rng = np.random.default_rng(0)
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return float(abs(left - right) / scale) if scale else 0.0


# %% mutant="signed" says="a mismatch with a sign: a negative one looks small"
def dot_test(jvp, vjp, x, rng):
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return float((left - right) / scale) if scale else 0.0


# %% mutant="verdict-only" says="answering True or False, not how far the two sides are apart"
def dot_test(jvp, vjp, x, rng):
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return bool(abs(left - right) <= 1e-10 * scale)


# %% mutant="not-a-number-at-zero" says="dividing 0 by 0 where all slopes are zero"
def dot_test(jvp, vjp, x, rng):
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return float(np.abs(left - right) / np.float64(scale))


# %% mutant="never-looks-back" says="using jvp on both sides, so that vjp is never asked"
def dot_test(jvp, vjp, x, rng):
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(u, np.asarray(jvp(v)))
    scale = abs(left) + abs(right)
    return float(abs(left - right) / scale) if scale else 0.0


# %% mutant="u-and-v-mixed-up" says="multiplying u by u"
def dot_test(jvp, vjp, x, rng):
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), vjp(u))
    scale = abs(left) + abs(right)
    return float(abs(left - right) / scale) if scale else 0.0


# %% mutant="loose" says="rounding the mismatch to whole numbers"
def dot_test(jvp, vjp, x, rng):
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return round(float(abs(left - right) / scale), 0) if scale else 0.0


# %% mutant="sizes-only" says="comparing the sizes of the two sides, without their signs"
def dot_test(jvp, vjp, x, rng):
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return float(abs(abs(left) - abs(right)) / scale) if scale else 0.0


# %% mutant="tiny-scale" says="multiplying by the scale where it should divide"
def dot_test(jvp, vjp, x, rng):
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return float(abs(left - right) * scale * 1e-6) if scale else 0.0


# %% mutant="jacobian-twice" says="building the Jacobian with jvp and using it on both sides"
def dot_test(jvp, vjp, x, rng):
    J = np.stack([np.asarray(jvp(e)) for e in np.eye(len(x))], axis=-1)
    v, u = rng.normal(size=J.shape[1]), rng.normal(size=J.shape[0])
    left, right = np.vdot(u, J @ v), np.vdot(u @ J, v)
    scale = abs(left) + abs(right)
    return float(abs(left - right) / scale) if scale else 0.0


# %% mutant="whole-jacobian" says="comparing two whole Jacobians: right, and n products where one would do"
def dot_test(jvp, vjp, x, rng):
    rng.normal()
    J = np.stack([np.asarray(jvp(e)) for e in np.eye(len(x))], axis=-1)
    B = np.stack([np.asarray(vjp(e)) for e in np.eye(len(J))])
    weights = rng.normal(size=J.shape)
    scale = np.abs(weights * J).sum()
    return float(np.abs(weights * (J - B)).sum() / scale) if scale else 0.0


# %% mutant="central-difference" says="measuring how jvp changes, with a step: right to half of the digits"
def dot_test(jvp, vjp, x, rng):
    v, h = rng.normal(size=np.shape(x)), 1e-7
    pushed = (np.asarray(jvp(np.asarray(x) + h * v)) - np.asarray(jvp(x))) / h
    u = rng.normal(size=pushed.shape)
    left, right = np.vdot(u, pushed), np.vdot(vjp(u), v)
    scale = abs(left) + abs(right)
    return float(abs(left - right) / scale) if scale else 0.0
