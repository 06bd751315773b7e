# %% unusual="from-the-left"
def forward_diff(f, x, h):
    return (f(x) - f(x - h)) / h


# %% unusual="numpy-scalar"
def forward_diff(f, x, h):
    return np.float64((f(x + h) - f(x)) / h)


# %% unusual="zero-dimensional"
def forward_diff(f, x, h):
    values = np.array([f(x), f(x + h)])
    return np.asarray(np.diff(values)[0] / h)


# %% unusual="np-gradient"
def forward_diff(f, x, h):
    return np.gradient([f(x), f(x + h)], h)[0]


# %% unusual="exact-run"
def forward_diff(f, x, h):
    other = x + h
    return (f(other) - f(x)) / (other - x)


# %% unusual="helper-in-an-added-cell"
def forward_diff(f, x, h):
    return rise(f, x, x + h) / h


# %% added="before"
def rise(f, start, end):
    return f(end) - f(start)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def forward_diff(f, x: float, h: float) -> float:
    return (f(x + h) - f(x)) / h


# %% unusual="own-import-cell"
def forward_diff(f, x, h):
    return truediv(f(x + h) - f(x), h)


# %% added="before"
from operator import truediv
