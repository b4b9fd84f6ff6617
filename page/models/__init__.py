"""The networks on offer: this project's, and those that visitors bring along."""
