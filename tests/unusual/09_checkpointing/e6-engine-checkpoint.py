# %% unusual="slopes-at-once"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    # one number comes out: with the slopes in hand the graph may go at once
    fresh = [Value(v.data) for v in values]
    before = mode.recording
    mode.recording = True
    try:
        y = f(*fresh)
        slopes = gradient(y, fresh)
    finally:
        mode.recording = before
    return late_node(y.data, values, lambda: slopes)


# %% unusual="backward-on-copies"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = tuple(v.data for v in values)
    was = mode.recording
    try:
        mode.recording = False
        data = f(*map(Value, numbers)).data
    finally:
        mode.recording = was

    def slopes():
        copies = list(map(Value, numbers))
        was = mode.recording
        try:
            mode.recording = True
            f(*copies).backward()
        finally:
            mode.recording = was
        return tuple(copy.grad for copy in copies)

    return late_node(data, values, slopes)


# %% unusual="context-manager-in-an-added-cell"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    numbers = [v.data for v in values]
    with recording(False):
        data = f(*[Value(x) for x in numbers]).data

    def slopes():
        with recording(True):
            leaves = [Value(x) for x in numbers]
            return gradient(f(*leaves), leaves)

    return late_node(data, values, slopes)


# %% added="before"
@contextlib.contextmanager
def recording(on):
    was = engine.mode.recording
    engine.mode.recording = on
    try:
        yield
    finally:
        engine.mode.recording = was


# %% unusual="a-class-that-asks"
class Segment:
    """f, the numbers it got, and a memory of the slopes."""

    def __init__(self, f, values):
        self.f, self.values, self.known = f, values, None
        self.numbers = [v.data for v in values]

    def run(self, on):
        was, mode.recording = mode.recording, on
        try:
            leaves = [Value(x) for x in self.numbers]
            return leaves, self.f(*leaves)
        finally:
            mode.recording = was

    def slopes(self):
        if self.known is None:
            leaves, y = self.run(True)
            self.known = gradient(y, leaves)
        return self.known

    def node(self):
        return late_node(self.run(False)[1].data, self.values, self.slopes)


def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    return Segment(f, values).node()


# %% unusual="leaf-when-off"
def engine_checkpoint(f, *values):
    """`f(*values)` as one node; `f` is run again on the way back."""
    fresh = [Value(v.data) for v in values]
    was, mode.recording = mode.recording, True
    try:
        y = f(*fresh)
        slopes = gradient(y, fresh)
    finally:
        mode.recording = was
    if not was:
        return Value(y.data)
    node = late_node(y.data, tuple(values), lambda: [float(s) for s in slopes])
    return node
