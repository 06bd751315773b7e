# %% unusual="other-experiments"
def p_zeros(torch):
    net = torch.nn.Linear(3, 2)
    opt = torch.optim.Adam(net.parameters())
    net(torch.ones(4, 3)).sum().backward()
    opt.zero_grad()
    return all(p.grad is not None and bool((p.grad == 0).all()) for p in net.parameters())


def p_adds(torch):
    x = torch.tensor(2.0, requires_grad=True)
    torch.autograd.backward(x * 3)
    first = x.grad.clone()
    torch.autograd.backward([x * 5])
    return bool(torch.isclose(x.grad, first + 5))


def p_in_place(torch):
    x = torch.rand(3, requires_grad=True)
    y = x + 1
    y *= 3
    try:
        torch.autograd.grad(y.sum(), x)
    except RuntimeError:
        return True
    return False


def p_anomaly(torch):
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    torch.autograd.set_detect_anomaly(True)
    try:
        (g,) = torch.autograd.grad(torch.sqrt(x).sum(), x)
        return not torch.isinf(g).any()
    except RuntimeError:
        return True
    finally:
        torch.autograd.set_detect_anomaly(False)


def p_detach(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x.pow(3).sum()
    torch.detach(x).mul_(2)
    try:
        y.backward()
    except RuntimeError as error:
        return "inplace" not in str(error)
    return True


def p_data(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x.sin() * x).sum()
    x.data = x.data * 10
    try:
        y.backward()
    except RuntimeError:
        return False
    return True


def p_eval(torch):
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())
    net.eval()
    out = net(torch.zeros(1, 2))
    return out.grad_fn is None


def p_clip(torch):
    ps = [torch.nn.Parameter(torch.zeros(3)) for _ in range(2)]
    for p in ps:
        p.grad = torch.full_like(p, 2.0)
    before = torch.stack([p.grad.norm() for p in ps]).norm()
    said = torch.nn.utils.clip_grad_norm_(ps, max_norm=0.5)
    return bool(torch.isclose(said, before))


CLAIMS = {
    "zeros": (False, p_zeros),
    "adds": (True, p_adds),
    "in place": (False, p_in_place),
    "anomaly": (False, p_anomaly),
    "detach": (False, p_detach),
    "data": (True, p_data),
    "eval": (False, p_eval),
    "clip": (True, p_clip),
}


# %% unusual="ignores-its-argument"
def zeros_are_left(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w]).zero_grad()
    return w.grad is not None and not w.grad.any()


def amounts_add_up(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    once = w.grad.clone()
    w.sum().backward()
    return bool((w.grad == once + once).all())


def in_place_fails(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = -w
    y.neg_()
    return fails(y.sum().backward)


def anomaly_stops_at_inf(torch):
    w = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.detect_anomaly():
        return fails(w.sqrt().backward)


def detach_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.detach().zero_()
    return not fails(y.backward)


def data_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.data.zero_()
    return not fails(y.backward)


def eval_stops_recording(torch):
    layer = torch.nn.PReLU().eval()
    return not layer(torch.tensor(SPOT)).requires_grad


def norm_before_clipping(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.square().sum().backward()  # a gradient of twice the length of w
    limit = w.norm().item()
    return bool(torch.nn.utils.clip_grad_norm_([w], limit) > limit)


CLAIMS = {
    "zeros": (False, zeros_are_left),
    "adds": (True, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


CLAIMS = {k: (v, lambda _, p=p: p(torch)) for k, (v, p) in CLAIMS.items()}


# %% unusual="raises-elsewhere"
def zeros_are_left(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w]).zero_grad()
    return w.grad is not None and not w.grad.any()


def amounts_add_up(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    once = w.grad.clone()
    w.sum().backward()
    return bool((w.grad == once + once).all())


def in_place_fails(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = -w
    y.neg_()
    y.sum().backward()
    return False


def anomaly_stops_at_inf(torch):
    w = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.detect_anomaly():
        w.sqrt().backward()
    return False


def detach_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.detach().zero_()
    return not fails(y.backward)


def data_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.data.zero_()
    y.backward()
    return True


def eval_stops_recording(torch):
    net = torch.nn.Linear(2, 1).eval()
    net(torch.ones(1, 2)).sum().backward()
    return net.weight.grad is None


def norm_before_clipping(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.square().sum().backward()  # a gradient of twice the length of w
    limit = w.norm().item()
    return bool(torch.nn.utils.clip_grad_norm_([w], limit) > limit)


CLAIMS = {
    "zeros": (False, zeros_are_left),
    "adds": (True, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% unusual="numpy-booleans-and-lists"
def zeros_are_left(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w]).zero_grad()
    return w.grad is not None and not w.grad.any()


def amounts_add_up(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    once = w.grad.clone()
    w.sum().backward()
    return bool((w.grad == once + once).all())


def in_place_fails(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = -w
    y.neg_()
    return fails(y.sum().backward)


def anomaly_stops_at_inf(torch):
    w = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.detect_anomaly():
        return fails(w.sqrt().backward)


def detach_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.detach().zero_()
    return not fails(y.backward)


def data_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.data.zero_()
    return not fails(y.backward)


def eval_stops_recording(torch):
    layer = torch.nn.PReLU().eval()
    return not layer(torch.tensor(SPOT)).requires_grad


def norm_before_clipping(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.square().sum().backward()  # a gradient of twice the length of w
    limit = w.norm().item()
    return bool(torch.nn.utils.clip_grad_norm_([w], limit) > limit)


CLAIMS = {
    "zeros": (False, zeros_are_left),
    "adds": (True, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


CLAIMS = {k: [np.bool_(v), p] for k, (v, p) in CLAIMS.items()}


# %% unusual="results-as-tensors"
def zeros_are_left(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w]).zero_grad()
    return torch.tensor(w.grad is not None and bool((w.grad == 0).all()))


def amounts_add_up(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    once = w.grad.clone()
    w.sum().backward()
    return (w.grad == once * 2).all()


def in_place_fails(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = -w
    y.neg_()
    return fails(y.sum().backward)


def anomaly_stops_at_inf(torch):
    w = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.detect_anomaly():
        return fails(w.sqrt().backward)


def detach_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.detach().zero_()
    return not fails(y.backward)


def data_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.data.zero_()
    return not fails(y.backward)


def eval_stops_recording(torch):
    layer = torch.nn.PReLU().eval()
    return not layer(torch.tensor(SPOT)).requires_grad


def norm_before_clipping(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.square().sum().backward()  # a gradient of twice the length of w
    limit = w.norm().item()
    return torch.nn.utils.clip_grad_norm_(w, limit) > limit


CLAIMS = {
    "zeros": (False, zeros_are_left),
    "adds": (True, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% unusual="an-object-for-each"
class Claim:
    def __init__(self, verdict):
        self.verdict = verdict

    def __call__(self, torch):
        raise TypeError("no experiment")


class Caught(Claim):
    """Whether backward of `loss` notices what `write` does; the claim says not."""

    def __init__(self, verdict, write):
        super().__init__(verdict)
        self.write = write

    def __call__(self, torch):
        x = torch.full((3,), 2.0, requires_grad=True)
        y = torch.exp(x * x).sum()
        self.write(x)
        return not fails(y.backward)


def zeros_are_left(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w]).zero_grad()
    return w.grad is not None and not w.grad.any()


def amounts_add_up(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    once = w.grad.clone()
    w.sum().backward()
    return bool((w.grad == once + once).all())


def in_place_fails(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = -w
    y.neg_()
    return fails(y.sum().backward)


def anomaly_stops_at_inf(torch):
    w = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.detect_anomaly():
        return fails(w.sqrt().backward)


def detach_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.detach().zero_()
    return not fails(y.backward)


def data_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.data.zero_()
    return not fails(y.backward)


def eval_stops_recording(torch):
    layer = torch.nn.PReLU().eval()
    return not layer(torch.tensor(SPOT)).requires_grad


def norm_before_clipping(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.square().sum().backward()  # a gradient of twice the length of w
    limit = w.norm().item()
    return bool(torch.nn.utils.clip_grad_norm_([w], limit) > limit)


CLAIMS = {
    "zeros": (False, zeros_are_left),
    "adds": (True, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, Caught(False, lambda x: x.detach().fill_(1.0))),
    "data": (True, Caught(True, lambda x: x.data.copy_(x.data / 2))),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def zeros_are_left(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w]).zero_grad()
    return w.grad is not None and not w.grad.any()


def amounts_add_up(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    once = w.grad.clone()
    w.sum().backward()
    return bool((w.grad == once + once).all())


def in_place_fails(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = -w
    y.neg_()
    return fails(y.sum().backward)


def anomaly_stops_at_inf(torch):
    w = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.detect_anomaly():
        return fails(w.sqrt().backward)


def detach_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.detach().zero_()
    return not fails(y.backward)


def data_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.data.zero_()
    return not fails(y.backward)


def eval_stops_recording(torch):
    layer = torch.nn.PReLU().eval()
    return not layer(torch.tensor(SPOT)).requires_grad


def norm_before_clipping(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.square().sum().backward()  # a gradient of twice the length of w
    limit = w.norm().item()
    return bool(torch.nn.utils.clip_grad_norm_([w], limit) > limit)


CLAIMS = {
    "zeros": (False, zeros_are_left),
    "adds": (True, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}
