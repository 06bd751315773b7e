# %% unusual="sums-of-monomials"
class Tagged:
    """Coefficients of products of distinct eps: {set of tags: number}."""

    def __init__(self, terms):
        self.terms = terms

    def __add__(self, other):
        terms = dict(self.terms)
        for tags_of, c in terms_of(other).items():
            terms[tags_of] = terms.get(tags_of, 0.0) + c
        return Tagged(terms)

    __radd__ = __add__

    def __mul__(self, other):
        product = {}
        for s, a in self.terms.items():
            for t, b in terms_of(other).items():
                if not s & t:
                    product[s | t] = product.get(s | t, 0.0) + a * b
        return Tagged(product)

    __rmul__ = __mul__


def nested_derivative(f, x):
    tag = next(tags)
    y = f(Tagged(terms_of(x)) + Tagged({frozenset([tag]): 1.0}))
    slope = {s - {tag}: c for s, c in terms_of(y).items() if tag in s}
    return Tagged(slope) if any(slope) else slope.get(frozenset(), 0.0)

# %% added="before"
def terms_of(number):
    return number.terms if isinstance(number, Tagged) else {frozenset(): number}


# %% unusual="one-function-for-both"
class Tagged:
    def __init__(self, primal, tangent, tag):
        self.primal, self.tangent, self.tag = primal, tangent, tag

    def met(self, other, rule):
        tag = max(self.tag, other.tag if isinstance(other, Tagged) else 0)
        return Tagged(*rule(*split(self, tag), *split(other, tag)), tag)

    def __add__(self, other):
        return self.met(other, lambda a, b, c, d: (a + c, b + d))

    def __mul__(self, other):
        return self.met(other, lambda a, b, c, d: (a * c, b * c + a * d))

    __radd__, __rmul__ = __add__, __mul__


def nested_derivative(f, x):
    tag = next(tags)
    value, tangent = split(f(Tagged(x, 1, tag)), tag)
    return tangent


# %% unusual="depth-as-tag"
depth = [0]


class Tagged:
    def __init__(self, primal, tangent, tag):
        self.primal, self.tangent, self.tag = primal, tangent, tag

    def __add__(self, other):
        if getattr(other, "tag", 0) > self.tag:
            return other + self
        p, t = split(other, self.tag)
        return Tagged(self.primal + p, self.tangent + t, self.tag)

    def __mul__(self, other):
        if getattr(other, "tag", 0) > self.tag:
            return other * self
        p, t = split(other, self.tag)
        return Tagged(self.primal * p, self.primal * t + self.tangent * p, self.tag)

    __radd__, __rmul__ = __add__, __mul__


def nested_derivative(f, x):
    """Nested calls are innermost when they are deepest: depth will do as a tag."""
    depth[0] += 1
    try:
        return split(f(Tagged(x, 1.0, depth[0])), depth[0])[1]
    finally:
        depth[0] -= 1


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
class Tagged:
    """`primal + tangent * eps`, where this eps belongs to the derivative `tag`."""

    def __init__(self, primal, tangent, tag: int) -> None:
        self.primal, self.tangent, self.tag = primal, tangent, tag

    def __add__(self, other):
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a + c, b + d, tag)

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a * c, a * d + b * c, tag)

    def __rmul__(self, other):
        return self * other


def nested_derivative(f, x):
    """Slope of `f` at `x`; may be called inside `f` again."""
    tag = next(tags)
    return split(f(Tagged(x, 1.0, tag)), tag)[1]
