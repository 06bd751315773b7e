# %% unusual="micrograd"
# micrograd's own `zero_grad`, and the loop of its demo.
from micrograd.nn import Module


class Loose(Module):
    """A module that has the given parameters."""

    def __init__(self, params):
        self.params = params

    def parameters(self):
        return self.params


def zero_grad(params):
    Loose(params).zero_grad()


def train(model, data, steps, lr):
    losses = []
    for _ in range(steps):
        loss = mean_square(model, data)
        zero_grad(model.parameters())
        loss.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
        losses.append(loss.data)
    return losses
