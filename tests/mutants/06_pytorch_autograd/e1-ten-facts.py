# %% mutant="detach-is-transparent" says="letting the gradient through detach"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 6.0,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 8.0,
    "a.grad after zero_grad()": "None",
}


# %% mutant="pages-are-wiped" says="thinking that each backward starts with a clean page"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 3.0,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 1.0,
    "a.grad after zero_grad()": "None",
}


# %% mutant="second-call-refused" says="thinking that a second backward on any graph is refused, and adds nothing"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 3.0,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 4.0,
    "a.grad after zero_grad()": "None",
}


# %% mutant="leaves-require-grad" says="thinking that only tensors that require grad are leaves"
PREDICTIONS = {
    "c.is_leaf": False,
    "d.is_leaf": False,
    "e.is_leaf": False,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 3.0,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 5.0,
    "a.grad after zero_grad()": "None",
}


# %% mutant="results-are-leaves" says="thinking that every named tensor is a leaf"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": True,
    "e.is_leaf": True,
    "a.double().is_leaf": True,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 3.0,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 5.0,
    "a.grad after zero_grad()": "None",
}


# %% mutant="double-is-a-leaf" says="thinking that a tensor made by double() is a leaf, too"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": True,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 3.0,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 5.0,
    "a.grad after zero_grad()": "None",
}


# %% mutant="one-arrow" says="counting only the inputs that need a gradient among the next functions"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 1,
    "a.grad[0]": 3.0,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 5.0,
    "a.grad after zero_grad()": "None",
}


# %% mutant="graph-is-gone" says="thinking that backward takes the nodes away"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 3.0,
    "d.grad": "None",
    "s.grad_fn is None": True,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 5.0,
    "a.grad after zero_grad()": "None",
}


# %% mutant="zero-is-zero" says="thinking that zero_grad writes a zero"
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
    "a.grad after zero_grad()": 0.0,
}


# %% mutant="every-tensor-has-a-page" says="thinking that results in between keep their gradients"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 3.0,
    "d.grad": 1.0,
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 5.0,
    "a.grad after zero_grad()": "None",
}


# %% mutant="value-for-gradient" says="taking the value for the gradient"
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 1.0,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 3.0,
    "a.grad after zero_grad()": "None",
}
