# %% mutant="plain" says="calling f and leaving it at that: all its nodes stay"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    return f(*values)


# %% mutant="graph-kept" says="recording the forward call and keeping its graph until the way back"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    fresh = [Value(v.data) for v in values]
    y = f(*fresh)
    return late_node(y.data, values, lambda: gradient(y, fresh))


# %% mutant="numbers-read-late" says="reading the numbers on the way back instead of at the call"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    def run(on):
        before, mode.recording = mode.recording, on
        try:
            fresh = [Value(v.data) for v in values]
            y = f(*fresh)
            return gradient(y, fresh) if on else y.data
        finally:
            mode.recording = before

    return late_node(run(False), values, lambda: run(True))


# %% mutant="recomputed-unrecorded" says="running f on the way back without switching recording on"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]

    def run():
        fresh = [Value(v) for v in numbers]
        return fresh, f(*fresh)

    def slopes():
        fresh, y = run()
        return gradient(y, fresh)

    before, mode.recording = mode.recording, False
    try:
        data = run()[1].data
    finally:
        mode.recording = before
    return late_node(data, values, slopes)


# %% mutant="never-recorded" says="running f with recording off on the way back too"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]

    def run(on):
        before, mode.recording = mode.recording, False
        try:
            fresh = [Value(v) for v in numbers]
            y = f(*fresh)
            return gradient(y, fresh) if on else y.data
        finally:
            mode.recording = before

    return late_node(run(False), values, lambda: run(True))


# %% mutant="switched-to-true" says="switching recording to True at the end instead of to what it was"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]

    def run(on):
        before, mode.recording = mode.recording, on
        try:
            fresh = [Value(v) for v in numbers]
            y = f(*fresh)
            return gradient(y, fresh) if on else y.data
        finally:
            mode.recording = True

    return late_node(run(False), values, lambda: run(True))


# %% mutant="no-finally" says="leaving the switch where it is after an error"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]

    def run(on):
        before, mode.recording = mode.recording, on
        fresh = [Value(v) for v in numbers]
        y = f(*fresh)
        found = gradient(y, fresh) if on else y.data
        mode.recording = before
        return found

    return late_node(run(False), values, lambda: run(True))


# %% mutant="left-off" says="switching recording off and leaving it off"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]
    mode.recording = False
    data = f(*[Value(v) for v in numbers]).data

    def slopes():
        mode.recording = True
        fresh = [Value(v) for v in numbers]
        return gradient(f(*fresh), fresh)

    node = late_node(data, values, slopes)
    return node


# %% mutant="a-leaf" says="giving back a plain leaf, so that nothing flows"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    before, mode.recording = mode.recording, False
    try:
        return Value(f(*values).data)
    finally:
        mode.recording = before


# %% mutant="originals-used" says="running f again on the original values: their own pages are written to"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    before, mode.recording = mode.recording, False
    try:
        data = f(*values).data
    finally:
        mode.recording = before

    def slopes():
        before, mode.recording = mode.recording, True
        try:
            f(*values).backward()
        finally:
            mode.recording = before
        return [v.grad for v in values]

    return late_node(data, values, slopes)


# %% mutant="one-parent-only" says="giving a gradient to the first value only"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]

    def run(on):
        before, mode.recording = mode.recording, on
        try:
            fresh = [Value(v) for v in numbers]
            y = f(*fresh)
            return gradient(y, fresh)[:1] if on else y.data
        finally:
            mode.recording = before

    return late_node(run(False), values[:1], lambda: run(True))


# %% mutant="parents-without-repeats" says="dropping a value that comes in twice"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]
    parents = list(dict.fromkeys(values))

    def run(on):
        before, mode.recording = mode.recording, on
        try:
            fresh = [Value(v) for v in numbers]
            y = f(*fresh)
            return gradient(y, fresh) if on else y.data
        finally:
            mode.recording = before

    def slopes():
        found = dict(zip(values, run(True)))
        return [found[p] for p in parents]

    return late_node(run(False), parents, slopes)


# %% mutant="once-per-parent" says="running f once for each slope: too many evaluations"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]

    def run(on):
        before, mode.recording = mode.recording, on
        try:
            fresh = [Value(v) for v in numbers]
            y = f(*fresh)
            return gradient(y, fresh) if on else y.data
        finally:
            mode.recording = before

    return late_node(run(False), values, lambda: [run(True)[i] + 0 * run(True)[i] for i in range(len(values))])


# %% mutant="difference-quotient" says="measuring slopes with differences instead of computing them"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]

    def value(*at):
        before, mode.recording = mode.recording, False
        try:
            return f(*[Value(x) for x in at]).data
        finally:
            mode.recording = before

    def slopes():
        found = []
        for i in range(len(numbers)):
            up, down = list(numbers), list(numbers)
            up[i] += 1e-6
            down[i] -= 1e-6
            found.append((value(*up) - value(*down)) / 2e-6)
        return found

    return late_node(value(*numbers), values, slopes)


# %% mutant="slopes-of-ones" says="giving every value the slope 1"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]

    def run(on):
        before, mode.recording = mode.recording, on
        try:
            fresh = [Value(v) for v in numbers]
            y = f(*fresh)
            return [1.0] * len(fresh) if on else y.data
        finally:
            mode.recording = before

    return late_node(run(False), values, lambda: run(True))


# %% mutant="slopes-reversed" says="giving the slopes in the wrong order"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]

    def run(on):
        before, mode.recording = mode.recording, on
        try:
            fresh = [Value(v) for v in numbers]
            y = f(*fresh)
            return gradient(y, fresh)[::-1] if on else y.data
        finally:
            mode.recording = before

    return late_node(run(False), values, lambda: run(True))


# %% mutant="value-graph-in-f" says="running f on the original values with recording on, and hiding the result"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    y = f(*values)
    return late_node(y.data, (y,), lambda: [1.0])
