"""The kernel's end of `%%k2`: the magics, and the runner that carries out the agent's cells."""
