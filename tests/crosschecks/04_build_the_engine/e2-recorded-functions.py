# %% unusual="micrograd"
# Division, powers and relu are methods of micrograd's Value. It has no exp, log, tanh.
