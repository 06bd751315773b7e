# %% mutant="reentrant" says="using the reentrant version, which gives parameters nothing if x needs no gradient"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        x = checkpoint(in_a_row, part, x, use_reentrant=True)
    return x


# %% mutant="default-version" says="leaving out use_reentrant, which gives the old version"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        x = checkpoint(in_a_row, part, x)
    return x


# %% mutant="last-dropped" says="dropping the layers that are left over when segments do not divide"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = len(layers) // segments
    for i in range(segments):
        part = layers[i * size : (i + 1) * size]
        x = checkpoint(in_a_row, part, x, use_reentrant=False)
    return x


# %% mutant="last-layer-dropped" says="leaving out the last layer"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers) - 1, size):
        part = layers[start : min(start + size, len(layers) - 1)]
        x = checkpoint(in_a_row, part, x, use_reentrant=False)
    return x


# %% mutant="one-big" says="putting one checkpoint round everything, whatever segments says"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    return checkpoint(in_a_row, layers, x, use_reentrant=False)


# %% mutant="every-layer" says="checkpointing every layer, whatever segments says"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    for layer in layers:
        x = checkpoint(layer, x, use_reentrant=False)
    return x


# %% mutant="plain" says="running the plain chain, without a checkpoint"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    return in_a_row(layers, x)


# %% mutant="late-binding" says="reading a loop variable that has moved on by the time of the second call"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        x = checkpoint(lambda v: in_a_row(part, v), x, use_reentrant=False)
    return x


# %% mutant="random-state-lost" says="not bringing back the random state"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        x = checkpoint(in_a_row, part, x, use_reentrant=False, preserve_rng_state=False)
    return x


# %% mutant="detached-between" says="detaching between the segments"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        x = checkpoint(in_a_row, part, x.detach(), use_reentrant=False)
    return x


# %% mutant="x-made-a-leaf" says="making a leaf of x, so that nothing flows to where it came from"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    x = x.detach().requires_grad_()
    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        x = checkpoint(in_a_row, part, x, use_reentrant=True)
    return x


# %% mutant="nested-in-each" says="checkpointing each layer inside a checkpointed segment: too many calls"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""

    def run(part, v):
        for layer in part:
            v = checkpoint(layer, v, use_reentrant=False)
        return v

    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        x = checkpoint(run, part, x, use_reentrant=False)
    return x


# %% mutant="all-again" says="starting each segment from the first layer again"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = math.ceil(len(layers) / segments)
    start = x
    for end in range(size, len(layers) + size, size):
        x = checkpoint(in_a_row, layers[:end], start, use_reentrant=False)
    return x


# %% mutant="no-grad" says="running all segments under no_grad"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    with torch.no_grad():
        return in_a_row(layers, x)


# %% mutant="last-segment-only" says="checkpointing the last segment only"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = math.ceil(len(layers) / segments)
    x = in_a_row(layers[:-size], x)
    return checkpoint(in_a_row, layers[-size:], x, use_reentrant=False)


# %% mutant="segments-reversed" says="running the segments in the wrong order"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = math.ceil(len(layers) / segments)
    for start in reversed(range(0, len(layers), size)):
        part = layers[start : start + size]
        x = checkpoint(in_a_row, part, x, use_reentrant=False)
    return x
