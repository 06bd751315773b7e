# %% mutant="always-randn" says="trying only normal random numbers"
def find_counterexample(fn):
    x = torch.randn(
        2, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)
    )
    x.requires_grad_()
    ok = torch.autograd.gradcheck(fn, x, raise_exception=False)
    return None if ok else x.detach()


# %% mutant="accuses-everyone" says="accusing every Function"
def find_counterexample(fn):
    return torch.full((1, 1), 6.0, dtype=torch.float64)


# %% mutant="accuses-nobody" says="finding nothing wrong, ever"
def find_counterexample(fn):
    return None
