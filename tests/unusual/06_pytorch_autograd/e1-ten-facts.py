# %% unusual="run-and-read"
def run_it():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    c = torch.tensor([3.0, 4.0])
    d = a * c
    e = d.detach()
    s = (d + e).sum()
    s.backward()
    answers = [c.is_leaf, d.is_leaf, e.is_leaf, a.double().is_leaf]
    answers += [len(d.grad_fn.next_functions), a.grad[0].clone()]
    answers += ["None" if not d.retains_grad else d.grad, s.grad_fn is None]
    t = (a + 1).sum()
    t.backward()
    t.backward()
    answers.append(a.grad[0].item())
    torch.optim.SGD([a], lr=0.1).zero_grad()
    return [*answers, str(a.grad)]


KEYS = [
    "c.is_leaf",
    "d.is_leaf",
    "e.is_leaf",
    "a.double().is_leaf",
    "len(d.grad_fn.next_functions)",
    "a.grad[0]",
    "d.grad",
    "s.grad_fn is None",
    "a.grad[0] after t = (a + 1).sum() and two t.backward()",
    "a.grad after zero_grad()",
]
PREDICTIONS = dict(zip(KEYS, run_it()))


# %% unusual="other-number-types"
PREDICTIONS = {
    "c.is_leaf": np.bool_(True),
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 2.0,
    "a.grad[0]": 3,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": np.float64(5),
    "a.grad after zero_grad()": "None",
}


# %% unusual="one-by-one"
PREDICTIONS = {}
PREDICTIONS["c.is_leaf"] = True
PREDICTIONS["d.is_leaf"] = False
PREDICTIONS["e.is_leaf"] = True
PREDICTIONS["a.double().is_leaf"] = False
PREDICTIONS["len(d.grad_fn.next_functions)"] = 2
PREDICTIONS["a.grad[0]"] = 3.0
PREDICTIONS["d.grad"] = "None"
PREDICTIONS["s.grad_fn is None"] = False
PREDICTIONS["a.grad[0] after t = (a + 1).sum() and two t.backward()"] = 5.0
PREDICTIONS["a.grad after zero_grad()"] = "None"


# %% unusual="tensors-as-answers"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": len([0, 1]),
    "a.grad[0]": torch.tensor(3.0),
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": torch.tensor(2.0) + 3,
    "a.grad after zero_grad()": "None",
}


# %% unusual="helper-cell"
KEYS = [
    "c.is_leaf",
    "d.is_leaf",
    "e.is_leaf",
    "a.double().is_leaf",
    "len(d.grad_fn.next_functions)",
    "a.grad[0]",
    "d.grad",
    "s.grad_fn is None",
    "a.grad[0] after t = (a + 1).sum() and two t.backward()",
    "a.grad after zero_grad()",
]
PREDICTIONS = dict(zip(KEYS, run_it()))


# %% added="before"
def run_it():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    c = torch.tensor([3.0, 4.0])
    d = a * c
    e = d.detach()
    s = (d + e).sum()
    s.backward()
    answers = [c.is_leaf, d.is_leaf, e.is_leaf, a.double().is_leaf]
    answers += [len(d.grad_fn.next_functions), a.grad[0].clone()]
    answers += ["None" if not d.retains_grad else d.grad, s.grad_fn is None]
    t = (a + 1).sum()
    t.backward()
    t.backward()
    answers.append(a.grad[0].item())
    torch.optim.SGD([a], lr=0.1).zero_grad()
    return [*answers, str(a.grad)]


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 3.0,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 5.0,
    "a.grad after zero_grad()": "None",
}
