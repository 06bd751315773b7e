# %% unusual="gradcheck-on-a-grid"
def find_counterexample(fn):
    for low in np.linspace(-9.05, 9.03, 90):
        x = torch.full((1, 1), low, dtype=torch.float64, requires_grad=True)
        if not torch.autograd.gradcheck(fn, x, raise_exception=False):
            return x.detach()
    return None


# %% unusual="one-big-grid"
def find_counterexample(fn):
    x = torch.linspace(-9.03, 9.01, 400, dtype=torch.float64).reshape(20, 20)
    leaf = x.clone().requires_grad_()
    fn(leaf).sum().backward()
    with torch.no_grad():
        slope = (fn(x + 1e-5) - fn(x - 1e-5)) / 2e-5
        check = (fn(x + 1e-4) - fn(x - 1e-4)) / 2e-4
    bad = ((leaf.grad - slope).abs() > 1e-4) & ((check - slope).abs() < 1e-5)
    return x[bad].reshape(1, -1)[:, :1] if bad.any() else None
