# %% unusual="imag-attribute"
def complex_step(f, x):
    return f(complex(x, 1e-200)).imag / 1e-200


# %% unusual="moderate-step"
def complex_step(f, x):
    h = 1e-12
    return np.imag(f(np.complex128(x + h * 1j))) / h


# %% unusual="power-of-two"
def complex_step(f, x):
    h = 2.0**-100
    return np.asarray(f(x + 1j * h)).imag / h
