# %% unusual="log-softmax-by-logaddexp"
def softmax_xent(logits, y):
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    one_hot = np.eye(logits.shape[1])[y]
    return -np.sum(one_hot * log_p) / len(y), (np.exp(log_p) - one_hot) / len(y)


# %% unusual="loop-over-rows"
def softmax_xent(logits, y):
    losses, rows = [], []
    for row, right in zip(logits, y):
        shifted = row - max(row)
        total = np.exp(shifted).sum()
        losses.append(np.log(total) - shifted[right])
        p = np.exp(shifted) / total
        p[right] -= 1
        rows.append(p / len(y))
    return sum(losses) / len(losses), np.array(rows)


# %% unusual="take-along-axis"
def softmax_xent(logits, y):
    z = logits - np.max(logits, axis=-1)[:, None]
    e = np.exp(z)
    s = e.sum(axis=-1, keepdims=True)
    column = np.asarray(y)[:, None]
    loss = np.mean(np.log(s) - np.take_along_axis(z, column, axis=1))
    grad = e / s
    np.put_along_axis(grad, column, np.take_along_axis(grad, column, 1) - 1, axis=1)
    return loss, grad / len(grad)


# %% unusual="comparison-as-one-hot"
def softmax_xent(logits, y):
    n, classes = logits.shape
    hot = np.arange(classes) == np.asarray(y)[:, None]
    z = logits - np.max(logits, axis=1, keepdims=True)
    e = np.exp(z)
    grad = (e / np.sum(e, axis=1, keepdims=True) - hot) / n
    return np.array((np.log(np.sum(e, axis=1)) - z[hot]).sum() / n), grad


# %% unusual="pair-as-list"
def softmax_xent(logits, y):
    total, grad = 0.0, np.zeros(np.shape(logits))
    for i, row in enumerate(logits.tolist()):
        top = max(row)
        scale = math.fsum(math.exp(v - top) for v in row)
        total += math.log(scale) + top - row[y[i]]
        grad[i] = [math.exp(v - top) / scale / len(y) for v in row]
        grad[i, y[i]] -= 1 / len(y)
    return [total / len(y), grad]


# %% added="before"
import math


# %% unusual="helper-below"
def softmax_xent(logits, y):
    log_p = log_softmax(logits)
    chosen = log_p[range(len(y)), y]
    grad = np.exp(log_p)
    np.add.at(grad, (range(len(y)), y), -1.0)
    return -np.average(chosen), np.divide(grad, len(y))


# %% added="after"
def log_softmax(z):
    top = z.max(axis=1)[:, np.newaxis]
    return z - top - np.log(np.sum(np.exp(z - top), axis=1))[:, np.newaxis]
