# %% unusual="micrograd"
# micrograd's backward takes no seed; its user multiplies the result by it.
@extends(Value)
def backward(self, seed=1.0):
    Micrograd.backward(self if seed == 1.0 else self * seed)
