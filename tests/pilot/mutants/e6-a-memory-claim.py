# %% mutant="one-big" says="one big checkpoint whatever the number of segments"
def checkpointed(layers, x, segments):
    def run(z):
        for layer in layers:
            z = layer(z)
        return z

    return checkpoint(run, x, use_reentrant=False)


# %% mutant="reentrant" says="the reentrant form, which needs an input that requires grad"
def checkpointed(layers, x, segments):
    size = -(-len(layers) // segments)

    def part(group):
        def run(z):
            for layer in group:
                z = layer(z)
            return z

        return run

    for i in range(0, len(layers), size):
        x = checkpoint(part(layers[i : i + size]), x, use_reentrant=True)
    return x


# %% mutant="last-dropped" says="leaving out the layers of an uneven last segment"
def checkpointed(layers, x, segments):
    size = len(layers) // segments

    def part(group):
        def run(z):
            for layer in group:
                z = layer(z)
            return z

        return run

    for i in range(segments):
        x = checkpoint(part(layers[i * size : (i + 1) * size]), x, use_reentrant=False)
    return x
