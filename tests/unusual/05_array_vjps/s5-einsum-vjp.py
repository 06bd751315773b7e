# %% unusual="ones-for-lonely-letters"
def vjp_einsum(spec, a, b, g):
    ins, out = spec.split("->")
    la, lb = ins.split(",")
    ga = np.einsum(f"{out},{lb},{la}->{la}", g, b, np.ones(a.shape))
    gb = np.einsum(f"{out},{la},{lb}->{lb}", g, a, np.ones(b.shape))
    return ga, gb


# %% unusual="big-product"
def vjp_einsum(spec, a, b, g):
    parts = spec.replace("->", ",").split(",")
    every = sorted(set("".join(parts)))
    full = [aligned(v, part, every) for v, part in zip((a, b, g), parts)]
    sizes = np.broadcast_shapes(*(v.shape for v in full))
    found = []
    for other, mine in ((full[1], parts[0]), (full[0], parts[1])):
        whole = np.broadcast_to(full[2] * other, sizes)
        total = whole.sum(axis=tuple(i for i, c in enumerate(every) if c not in mine))
        kept = [c for c in every if c in mine]
        found.append(np.transpose(total, [kept.index(c) for c in mine]))
    return tuple(found)


# %% added="before"
def aligned(v, letters, every):
    order = sorted(range(len(letters)), key=lambda i: letters[i])
    v = np.transpose(v, order) if letters else np.asarray(v)
    sizes = dict(zip(sorted(letters), v.shape))
    return v.reshape([sizes.get(c, 1) for c in every])


# %% unusual="unit-by-unit"
def vjp_einsum(spec, a, b, g):
    ga, gb = np.zeros(a.shape), np.zeros(b.shape)
    for i in np.ndindex(a.shape):
        e = np.zeros(a.shape)
        e[i] = 1
        ga[i] = np.sum(g * np.einsum(spec, e, b))
    for i in np.ndindex(b.shape):
        e = np.zeros(b.shape)
        e[i] = 1
        gb[i] = np.sum(g * np.einsum(spec, a, e))
    return ga, gb


# %% unusual="own-import-and-lonely-sums"
import re


def vjp_einsum(spec, a, b, g):
    la, lb, out = re.split(",|->", spec)
    return one_side(la, a, lb, b, out, g), one_side(lb, b, la, a, out, g)


# %% added="after"
def one_side(mine, value, others, other, out, g):
    lonely = [c for c in mine if c not in out + others]
    total = np.zeros(value.shape)
    front = "".join(lonely) + "".join(c for c in mine if c not in lonely)
    view = np.einsum(f"{mine}->{front}", total) if mine else total
    view[...] += np.einsum(f"{out},{others}->{front[len(lonely):]}", g, other)
    return total
