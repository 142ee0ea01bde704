"""The far end of `%%k2`: the agent in a process of its own, beside the user's kernel."""
