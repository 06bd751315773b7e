# %% unusual="autograd"
# autograd hands out gradients of inputs only, so every name gets an input of its own:
# a number that is added to its value, 0 here.
def backprop(trace, values, seeds):
    place = {name: i for i, name in enumerate(values)}

    def total(nudges):
        known = {name: values[name] + nudges[place[name]] for name in trace["inputs"]}
        for name, op, args in trace["steps"]:
            made = BOXED[op](*(known.get(arg, arg) for arg in args))
            known[name] = made + nudges[place[name]]
        return sum((seed * known[name] for name, seed in seeds.items()), 0.0)

    gradient = autograd.grad(total)(np.zeros(len(place)))
    return dict(zip(place, gradient))
