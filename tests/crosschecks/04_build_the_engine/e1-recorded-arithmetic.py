# %% unusual="micrograd"
# micrograd's own Value; what is added is only how this lesson names things. Its
# operations build `engine.Value`, so the class with the new names takes that place.
from micrograd import engine

Micrograd = engine.Value
WORDS = {"": "", "+": "add", "*": "mul", "ReLU": "relu"}


class Value(Micrograd):
    def __init__(self, data, parents=(), op="", partials=None):
        super().__init__(data, parents, op)
        # micrograd keeps a set: no order, and a parent used twice stands in it once.
        self.parents = tuple(dict.fromkeys(parents))
        if partials is not None:  # a node made by hand, by the lesson's checks

            def pull():
                for parent, partial in zip(parents, partials):
                    parent.grad += partial * self.grad

            self._backward = pull

    @property
    def op(self):
        return "pow" if self._op.startswith("**") else WORDS.get(self._op, self._op)

    @property
    def partials(self):
        """What a pull hands to each parent where the node's own gradient is 1."""
        before = self.grad, [parent.grad for parent in self.parents]
        self.grad = 1.0
        for parent in self.parents:
            parent.grad = 0.0
        try:
            self._backward()
            return tuple(parent.grad for parent in self.parents)
        finally:
            self.grad = before[0]
            for parent, grad in zip(self.parents, before[1]):
                parent.grad = grad


engine.Value = Value
