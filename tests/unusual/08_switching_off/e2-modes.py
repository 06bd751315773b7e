# %% unusual="run-and-read"
def run_them():
    def start():
        torch_net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
        points = torch.tensor([[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]])
        with torch.inference_mode():
            made = torch.tensor([3.0, 4.0])
        return torch.tensor([1.0, 2.0], requires_grad=True), torch_net, points, made

    found = []
    w, net, x, z = start()
    found.append(net.eval()(x).requires_grad)
    w, net, x, z = start()
    with torch.no_grad():
        net(x), net(x)
    found.append(net[1].num_batches_tracked)
    with torch.no_grad():
        found.append(nn.Linear(2, 2).weight.requires_grad)
    loss = (w * w).sum()
    with torch.no_grad():
        loss.backward()
    found.append(w.grad[1].clone())
    said = []
    with torch.no_grad():
        t = threading.Thread(target=lambda: said.append(torch.is_grad_enabled()))
        t.start()
        t.join()
    found += said
    with torch.inference_mode(), torch.enable_grad():
        found.append((w * 2).requires_grad)
    for f in (lambda w, z: w + z, lambda w, z: w * z):
        w, net, x, z = start()
        try:
            f(w, z).sum().backward()
            found.append(w.grad[1].item())
        except RuntimeError:
            found.append("error")
    w, net, x, z = start()
    w.detach().mul_(10)
    found.append(w[1].item())
    net[1].requires_grad_(False)
    net(x).prod().backward()
    return [*found, net[0].weight.grad is None]


KEYS = [
    "eval: net.eval()(x).requires_grad",
    "no_grad: net[1].num_batches_tracked after two calls of net(x)",
    "no_grad: nn.Linear(2, 2).weight.requires_grad",
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before",
    "no_grad: torch.is_grad_enabled() in a thread that is started now",
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad",
    "afterwards: w.grad[1] after (w + z).sum().backward()",
    "afterwards: w.grad[1] after (w * z).sum().backward()",
    "detach: w[1] after w.detach().mul_(10)",
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()",
]
MODES = dict(zip(KEYS, run_them()))


# %% unusual="other-number-types"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": np.int64(2),
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": np.bool_(False),
    "afterwards: w.grad[1] after (w + z).sum().backward()": np.float32(1),
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": torch.tensor(20.0),
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": np.bool_(False),
}


# %% unusual="one-by-one"
MODES = {}
MODES["eval: net.eval()(x).requires_grad"] = True
MODES["no_grad: net[1].num_batches_tracked after two calls of net(x)"] = 2
MODES["no_grad: nn.Linear(2, 2).weight.requires_grad"] = True
MODES["no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before"] = 4.0
MODES["no_grad: torch.is_grad_enabled() in a thread that is started now"] = True
MODES["inference_mode: (w * 2).requires_grad inside a block of enable_grad"] = False
MODES["afterwards: w.grad[1] after (w + z).sum().backward()"] = 1.0
MODES["afterwards: w.grad[1] after (w * z).sum().backward()"] = "error"
MODES["detach: w[1] after w.detach().mul_(10)"] = 20.0
MODES["frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()"] = False


# %% unusual="helper-cell"
KEYS = [
    "eval: net.eval()(x).requires_grad",
    "no_grad: net[1].num_batches_tracked after two calls of net(x)",
    "no_grad: nn.Linear(2, 2).weight.requires_grad",
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before",
    "no_grad: torch.is_grad_enabled() in a thread that is started now",
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad",
    "afterwards: w.grad[1] after (w + z).sum().backward()",
    "afterwards: w.grad[1] after (w * z).sum().backward()",
    "detach: w[1] after w.detach().mul_(10)",
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()",
]
MODES = dict(zip(KEYS, run_them()))


# %% added="before"
def run_them():
    def start():
        torch_net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
        points = torch.tensor([[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]])
        with torch.inference_mode():
            made = torch.tensor([3.0, 4.0])
        return torch.tensor([1.0, 2.0], requires_grad=True), torch_net, points, made

    found = []
    w, net, x, z = start()
    found.append(net.eval()(x).requires_grad)
    w, net, x, z = start()
    with torch.no_grad():
        net(x), net(x)
    found.append(net[1].num_batches_tracked)
    with torch.no_grad():
        found.append(nn.Linear(2, 2).weight.requires_grad)
    loss = (w * w).sum()
    with torch.no_grad():
        loss.backward()
    found.append(w.grad[1].clone())
    said = []
    with torch.no_grad():
        t = threading.Thread(target=lambda: said.append(torch.is_grad_enabled()))
        t.start()
        t.join()
    found += said
    with torch.inference_mode(), torch.enable_grad():
        found.append((w * 2).requires_grad)
    for f in (lambda w, z: w + z, lambda w, z: w * z):
        w, net, x, z = start()
        try:
            f(w, z).sum().backward()
            found.append(w.grad[1].item())
        except RuntimeError:
            found.append("error")
    w, net, x, z = start()
    w.detach().mul_(10)
    found.append(w[1].item())
    net[1].requires_grad_(False)
    net(x).prod().backward()
    return [*found, net[0].weight.grad is None]


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}
