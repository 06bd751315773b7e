# %% unusual="autograd"
# The function of the same name that all of autograd's rules for two arrays use.
import autograd
import autograd.numpy as anp
from autograd.numpy import numpy_vjps


def unbroadcast(g, shape):
    return numpy_vjps.unbroadcast(g, anp.metadata(np.zeros(shape)))
