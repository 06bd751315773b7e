# %% unusual="shrinking-steps"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for step in range(steps):
        zero_grad(model.parameters())
        error = mean_square(model, data)
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * 0.995**step * parameter.grad
    return losses


# %% unusual="halved-at-the-end"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for step in range(steps):
        zero_grad(model.parameters())
        error = mean_square(model, data)
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= rate(lr, step, steps) * parameter.grad
    return losses

# %% added="before"
def rate(lr, step, steps):
    """lr, and half of it for the last tenth of the steps."""
    return lr / 2 if step and step > 0.9 * steps else lr


# %% unusual="examples-one-by-one"
def zero_grad(params):
    for parameter in params:
        parameter.grad *= 0.0


def train(model, data, steps, lr):
    params, losses = model.parameters(), []
    for _ in range(steps):
        zero_grad(params)
        total = 0.0
        for x, y in data:
            off = model(x) - y
            square = off * off
            square.backward(1 / len(data))
            total += square.data
        losses.append(total / len(data))
        for parameter in params:
            parameter.data = parameter.data - lr * parameter.grad
    return losses


# %% unusual="cleared-before-and-after"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    zero_grad(model.parameters())
    losses = []
    for _ in range(steps):
        error = mean_square(model, data)
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
            parameter.grad = 0
    return losses


# %% unusual="own-import-cell"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for _ in repeat(None, steps):
        zero_grad(model.parameters())
        error = mean_square(model, data)
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses

# %% added="before"
from itertools import repeat


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for _ in range(steps):
        zero_grad(model.parameters())
        error = mean_square(model, data)
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses
