# %% mutant="plain-root" says="taking the plain root of the sum of squares"
def safe_norm(x, dim):
    return (x * x).sum(dim).sqrt()


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="eps-inside" says="adding 1e-12 under the root"
def safe_norm(x, dim):
    return ((x * x).sum(dim) + 1e-12).sqrt()


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="tiny-eps-inside" says="adding 1e-30 under the root"
def safe_norm(x, dim):
    return ((x * x).sum(dim) + 1e-30).sqrt()


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="single-where" says="choosing with one where, after the root"
def safe_norm(x, dim):
    squares = (x * x).sum(dim)
    return torch.where(squares == 0, 0.0, squares.sqrt())


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="clamped" says="clamping the squares from below"
def safe_norm(x, dim):
    return (x * x).sum(dim).clamp(min=1e-12).sqrt()


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="nan-to-num" says="replacing NaN after the root"
def safe_norm(x, dim):
    return (x * x).sum(dim).sqrt().nan_to_num()


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="forgets-outer-where" says="making the input harmless and leaving the output: 1 for a row of zeros"
def safe_norm(x, dim):
    squares = (x * x).sum(dim)
    return torch.where(squares == 0, 1.0, squares).sqrt()


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="whole-tensor" says="treating all rows alike: all safe if one is zero"
def safe_norm(x, dim):
    squares = (x * x).sum(dim)
    if (squares == 0).any():
        return squares * 0
    return squares.sqrt()


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="last-axis" says="always working along the last axis"
def safe_norm(x, dim):
    return torch.linalg.vector_norm(x, dim=-1)


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="keeps-axis" says="keeping the axis"
def safe_norm(x, dim):
    return x.norm(dim=dim, keepdim=True)


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="one-norm" says="adding up absolute values"
def safe_norm(x, dim):
    return x.abs().sum(dim)


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="detached-root" says="dividing by a detached norm"
def safe_norm(x, dim):
    size = x.norm(dim=dim).detach()
    return (x * x).sum(dim) / torch.where(size == 0, 1.0, size)


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="always-double" says="returning float64 whatever came"
def safe_norm(x, dim):
    return x.double().norm(dim=dim)


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="no-square" says="forgetting the square root"
def safe_norm(x, dim):
    return (x * x).sum(dim)


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="plain-log" says="taking the logarithm of the quotient"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    return (a / b).log()


# %% mutant="eps-in-logs" says="adding 1e-12 to both"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    return (a + 1e-12).log() - (b + 1e-12).log()


# %% mutant="log-single-where" says="choosing with one where, after the logarithm"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    used = (a > 0) & (b > 0)
    return torch.where(used, a.log() - b.log(), 0.0)


# %% mutant="quotient-first" says="dividing before the logarithm"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    used = (a > 0) & (b > 0)
    return torch.where(used, torch.where(used, a, 1.0) / torch.where(used, b, 1.0), 1.0).log()


# %% mutant="masks-a-only" says="masking where a is 0, not where b is"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    used = a > 0
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="masks-b-only" says="masking where b is 0, not where a is"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    used = b > 0
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="each-for-itself" says="masking a and b each for itself"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    return torch.where(a > 0, a, 1.0).log() - torch.where(b > 0, b, 1.0).log()


# %% mutant="either" says="counting an entry as used if one of the two is positive"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    used = (a > 0) | (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% mutant="multiplied-mask" says="multiplying by the mask: 0 times NaN"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    used = ((a > 0) & (b > 0)).to(a.dtype)
    return (a.log() - b.log()) * used


# %% mutant="upside-down" says="dividing b by a"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    used = (a > 0) & (b > 0)
    return torch.where(used, b, 1.0).log() - torch.where(used, a, 1.0).log()


# %% mutant="clamped-logs" says="clamping both from below"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    used = (a > 0) & (b > 0)
    return torch.where(used, a.clamp(min=1e-12).log() - b.clamp(min=1e-12).log(), 0.0)


# %% mutant="kl-term" says="multiplying by a, as in the divergence"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    used = (a > 0) & (b > 0)
    return a * (torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log())
