"""What the user's variables are and what became of them, without running their code."""
