# %% unusual="torch.sinh"
sinh = torch.sinh


class SinhOnce:
    apply = staticmethod(torch.sinh)
