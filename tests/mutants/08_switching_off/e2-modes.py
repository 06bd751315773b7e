# %% mutant="eval-stops-gradients" says="thinking that eval() switches gradients off"
MODES = {
    "eval: net.eval()(x).requires_grad": False,
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


# %% mutant="no-grad-calms-modules" says="thinking that no_grad stops BatchNorm from counting"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 0,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="counts-one" says="counting one batch for two calls"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 1,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="no-leaves-inside" says="thinking that nothing made under no_grad can require grad"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": False,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="no-walk-inside" says="thinking that backward does nothing under no_grad"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 0.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="walk-inside-fails" says="thinking that backward is refused under no_grad"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": "error",
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="value-for-slope" says="taking w for the slope of w * w"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 2.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="one-switch-for-all-threads" says="thinking that a new thread inherits the switch"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": False,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="enable-grad-wins" says="thinking that enable_grad undoes inference_mode"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": True,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="no-inference-in-training" says="thinking that an inference tensor can be no part of a loss"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": "error",
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="term-counts-as-factor" says="taking the other term for the slope of a sum"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 4.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="inference-is-no-grad" says="thinking that inference tensors are ordinary ones"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": 4.0,
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="inference-gives-zero" says="thinking that nothing comes back through an inference tensor"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": 0.0,
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="detach-copies" says="thinking that detach makes a copy"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 2.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="detach-refuses" says="thinking that a change through detach is refused"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": "error",
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="ice-stops-everything" says="thinking that nothing comes back through a frozen layer"
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
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": True,
}


# %% mutant="two-switches-as-one" says="taking eval and no_grad for one and the same"
MODES = {
    "eval: net.eval()(x).requires_grad": False,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 0,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}


# %% mutant="no-grad-is-a-ban" says="thinking that no_grad forbids everything to do with gradients"
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": False,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": "error",
    "no_grad: torch.is_grad_enabled() in a thread that is started now": False,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) and net(x).prod().backward()": False,
}
