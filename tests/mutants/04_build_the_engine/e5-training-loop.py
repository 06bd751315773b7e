# %% mutant="no-zeroing" says="never clearing the gradients, so that each step follows the sum of all"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for _ in range(steps):
        error = mean_square(model, data)
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses


# %% mutant="zero-after-backward" says="clearing the gradients between backward and the step"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for _ in range(steps):
        error = mean_square(model, data)
        error.backward()
        zero_grad(model.parameters())
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses


# %% mutant="zero-at-the-end-only" says="clearing after each step only, so that leftovers from before count in the first one"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for _ in range(steps):
        error = mean_square(model, data)
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
        zero_grad(model.parameters())
    return losses


# %% mutant="uphill" says="stepping along the gradient, uphill"
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
            parameter.data += lr * parameter.grad
    return losses


# %% mutant="no-rate" says="forgetting the learning rate"
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
            parameter.data -= parameter.grad
    return losses


# %% mutant="rebinding" says="giving the name parameter to a new number instead of changing the parameter"
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
            parameter = parameter - lr * parameter.grad
    return losses


# %% mutant="values-returned" says="returning losses as Values, with their graphs"
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
        losses.append(error)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses


# %% mutant="loss-after-the-step" says="returning the losses after each step, by one more pass over the data"
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
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
        losses.append(mean_square(model, data).data)
    return losses


# %% mutant="two-passes" says="calling the model twice for each example"
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
        losses.append(mean_square(model, data).data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses


# %% mutant="zero-the-data" says="setting the numbers themselves to zero instead of their gradients"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.data = 0.0


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


# %% mutant="grad-to-none" says="putting None in place of the gradients"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = None


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


# %% mutant="first-parameter" says="clearing only the first parameter"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params[:1]:
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


# %% mutant="one-step-less" says="doing one step less than asked for"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for _ in range(steps - 1):
        zero_grad(model.parameters())
        error = mean_square(model, data)
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses


# %% mutant="first-example" says="training on the first example only"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for _ in range(steps):
        zero_grad(model.parameters())
        error = mean_square(model, data[:1])
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses


# %% mutant="sum-not-mean" says="following the sum of the squares instead of their mean"
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
        error.backward(float(len(data)))
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses


# %% mutant="sign-only" says="stepping by the sign of the gradient"
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
            parameter.data -= lr * (1 if parameter.grad > 0 else -1)
    return losses


# %% mutant="stops-early" says="stopping after the first step"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for _ in range(min(steps, 1)):
        zero_grad(model.parameters())
        error = mean_square(model, data)
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses


# %% mutant="central-difference" says="measuring the gradients with a small step"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    for parameter in params:
        parameter.grad = 0.0


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    losses = []
    for _ in range(steps):
        error = mean_square(model, data)
        for parameter in model.parameters():
            here = parameter.data
            parameter.data = here + 1e-5
            above = mean_square(model, data).data
            parameter.data = here - 1e-5
            below = mean_square(model, data).data
            parameter.data, parameter.grad = here, (above - below) / 2e-5
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses
