# %% unusual="micrograd"
# micrograd's walk stands inside its `backward`. Here it walks over stand-ins, each of
# which notes when its turn comes.
class Seen:
    def __init__(self, node, listed):
        self.node, self.listed, self.grad = node, listed, 0.0

    @property
    def _prev(self):
        return {Seen(parent, self.listed) for parent in self.node.parents}

    def _backward(self):
        self.listed.append(self.node)

    # The same stand-in for the same node: micrograd tells nodes apart by identity.
    def __eq__(self, other):
        return self.node is other.node

    def __hash__(self):
        return id(self.node)


def topological_order(root):
    listed = []
    Micrograd.backward(Seen(root, listed))
    return listed[::-1]
