# %% unusual="checkpoint-sequential"
def checkpointed(layers, x, segments):
    from torch.utils.checkpoint import checkpoint_sequential

    return checkpoint_sequential(list(layers), segments, x, use_reentrant=False)


# %% unusual="helper-cell"
def checkpointed(layers, x, segments):
    for group in np.array_split(np.arange(len(layers)), segments):
        x = checkpoint(compose([layers[i] for i in group]), x, use_reentrant=False)
    return x


# %% added="before"
import functools


def compose(group):
    return lambda z: functools.reduce(lambda value, layer: layer(value), group, z)
