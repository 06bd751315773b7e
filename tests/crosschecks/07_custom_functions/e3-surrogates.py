# %% unusual="torch.round and detach, a hook"
# The one-liner that replaces a Function, and a hook on the result that clamps.
class RoundSTE:
    @staticmethod
    def apply(x):
        return x + (torch.round(x) - x).detach()


class ClipGrad:
    @staticmethod
    def apply(x, limit):
        y = x.clone()
        if y.requires_grad:
            y.register_hook(lambda g: g.clamp(-limit, limit))
        return y


# %% unusual="torch.fake_quantize_per_tensor_affine, a hook"
# What torch trains quantised networks with: steps of size 1 from -128 to 127.
class RoundSTE:
    @staticmethod
    def apply(x):
        return torch.fake_quantize_per_tensor_affine(x, 1.0, 0, -128, 127)


class ClipGrad:
    @staticmethod
    def apply(x, limit):
        y = x.clone()
        if y.requires_grad:
            y.register_hook(lambda g: g.clamp(-limit, limit))
        return y
