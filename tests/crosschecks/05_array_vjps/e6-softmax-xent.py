# %% unusual="autograd"
# The loss as its user writes it, largest logit first; the gradient is autograd's.
def softmax_xent(logits, y):
    def loss(z):
        z = z - anp.max(z, axis=1, keepdims=True)
        log_p = z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True))
        return -anp.mean(log_p[np.arange(len(y)), y])

    return autograd.value_and_grad(loss)(logits)
