# %% mutant="constants" says="proofs that know the answer and measure nothing"
def proved(value):
    return lambda torch: value


CLAIMS = {
    "zeros": (False, proved(False)),
    "adds": (True, proved(True)),
    "in place": (False, proved(False)),
    "anomaly": (False, proved(False)),
    "detach": (False, proved(False)),
    "data": (True, proved(True)),
    "eval": (False, proved(False)),
    "clip": (True, proved(True)),
}


# %% mutant="believes-zeros" says="a wrong verdict on 'zeros'"
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
    "zeros": (True, zeros_are_left),
    "adds": (True, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="believes-adds" says="a wrong verdict on 'adds'"
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
    "adds": (False, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="believes-in-place" says="a wrong verdict on 'in place'"
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
    "in place": (True, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="believes-anomaly" says="a wrong verdict on 'anomaly'"
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
    "anomaly": (True, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="believes-detach" says="a wrong verdict on 'detach'"
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
    "detach": (True, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="believes-data" says="a wrong verdict on 'data'"
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
    "data": (False, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="believes-eval" says="a wrong verdict on 'eval'"
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
    "eval": (True, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="believes-clip" says="a wrong verdict on 'clip'"
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
    "clip": (False, norm_before_clipping),
}


# %% mutant="constant-zeros" says="a proof of 'zeros' that measures nothing"
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
    "zeros": (False, lambda torch: False),
    "adds": (True, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="constant-adds" says="a proof of 'adds' that measures nothing"
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
    "adds": (True, lambda torch: True),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="constant-in-place" says="a proof of 'in place' that measures nothing"
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
    "in place": (False, lambda torch: False),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="constant-anomaly" says="a proof of 'anomaly' that measures nothing"
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
    "anomaly": (False, lambda torch: False),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="constant-detach" says="a proof of 'detach' that measures nothing"
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
    "detach": (False, lambda torch: False),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="constant-data" says="a proof of 'data' that measures nothing"
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
    "data": (True, lambda torch: True),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="constant-eval" says="a proof of 'eval' that measures nothing"
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
    "eval": (False, lambda torch: False),
    "clip": (True, norm_before_clipping),
}


# %% mutant="constant-clip" says="a proof of 'clip' that measures nothing"
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
    "clip": (True, lambda torch: True),
}


# %% mutant="turned-zeros" says="a verdict and a proof of 'zeros' that are both turned round"
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
    "zeros": (True, lambda torch: not zeros_are_left(torch)),
    "adds": (True, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="turned-adds" says="a verdict and a proof of 'adds' that are both turned round"
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
    "adds": (False, lambda torch: not amounts_add_up(torch)),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="turned-in-place" says="a verdict and a proof of 'in place' that are both turned round"
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
    "in place": (True, lambda torch: not in_place_fails(torch)),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="turned-anomaly" says="a verdict and a proof of 'anomaly' that are both turned round"
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
    "anomaly": (True, lambda torch: not anomaly_stops_at_inf(torch)),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="turned-detach" says="a verdict and a proof of 'detach' that are both turned round"
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
    "detach": (True, lambda torch: not detach_goes_unnoticed(torch)),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="turned-data" says="a verdict and a proof of 'data' that are both turned round"
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
    "data": (False, lambda torch: not data_goes_unnoticed(torch)),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="turned-eval" says="a verdict and a proof of 'eval' that are both turned round"
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
    "eval": (True, lambda torch: not eval_stops_recording(torch)),
    "clip": (True, norm_before_clipping),
}


# %% mutant="turned-clip" says="a verdict and a proof of 'clip' that are both turned round"
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
    "clip": (False, lambda torch: not norm_before_clipping(torch)),
}


# %% mutant="returns-whether-right" says="proofs that return whether the verdict is right"
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


CLAIMS = {k: (v, lambda torch, v=v, p=p: bool(p(torch)) == v) for k, (v, p) in CLAIMS.items()}


# %% mutant="exp-for-in-place" says="taking exp, whose result is saved, for an in-place claim about all operations"
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
    y = w.exp()
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
    "in place": (True, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="numpy-for-detach" says="writing through NumPy instead of an operation of torch"
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
    w.detach().numpy()[:] += 1
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
    "detach": (True, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="addition-for-data" says="writing to a tensor that nobody saved"
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
    y = (w + w).sum()
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


# %% mutant="nan-for-inf" says="planting a NaN where an inf was asked for"
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
        return fails((0 * w.sqrt()).backward)


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
    "anomaly": (True, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}


# %% mutant="looks-at-parameters" says="asking after eval() whether the parameters require grad"
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
    return not layer.weight.requires_grad


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


# %% mutant="clips-nothing" says="clipping a gradient that is short enough"
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
    return bool(torch.nn.utils.clip_grad_norm_([w], 100.0) > limit)


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


# %% mutant="one-backward" says="one backward where two were asked for"
def zeros_are_left(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w]).zero_grad()
    return w.grad is not None and not w.grad.any()


def amounts_add_up(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    return bool((w.grad == 1).all())


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


# %% mutant="says-set-to-none" says="calling zero_grad with an option where the default was asked about"
def zeros_are_left(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w]).zero_grad(set_to_none=True)
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


# %% mutant="raises" says="a proof that raises under PyTorch as it is"
def zeros_are_left(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w]).zero_grad()
    return not w.grad.any()


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


# %% mutant="pins-a-copy" says="measuring once beforehand and repeating the result"
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


FOUND = {k: bool(p(torch)) for k, (v, p) in CLAIMS.items()}
CLAIMS = {k: (v, lambda other, k=k: FOUND[k]) for k, (v, p) in CLAIMS.items()}


# %% mutant="six-claims" says="leaving two claims out"
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


del CLAIMS["clip"], CLAIMS["eval"]
