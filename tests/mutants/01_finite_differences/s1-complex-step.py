# %% mutant="central-difference" says="a difference of two values, with its round-off"
def complex_step(f, x):
    h = EPS ** (1 / 3) * max(1.0, abs(x))
    return float((f(x + h) - f(x - h)) / (2 * h))


# %% mutant="real-part" says="reading the real part: that is the value, not the slope"
def complex_step(f, x):
    h = 1e-30
    return float(np.real(f(x + 1j * h)) / h)


# %% mutant="undivided" says="returning the imaginary part without dividing by h"
def complex_step(f, x):
    return float(np.imag(f(x + 1e-30j)))


# %% mutant="long-step" says="a step so long that h squared is still felt"
def complex_step(f, x):
    h = 1e-4
    return float(np.imag(f(x + 1j * h)) / h)


# %% mutant="stays-complex" says="returning a complex number"
def complex_step(f, x):
    h = 1e-30
    return (f(x + 1j * h) - f(x)) / (1j * h)


# %% mutant="complex-quotient" says="subtracting f(x) although nothing need be subtracted: round-off is back"
def complex_step(f, x):
    h = 1e-6
    return float(np.real((f(x + 1j * h) - f(x)) / (1j * h)))


# %% mutant="real-step" says="forgetting the imaginary unit: the step stays on the real line"
def complex_step(f, x):
    h = 1e-30
    return float(np.imag(f(complex(x + h))) / h)
