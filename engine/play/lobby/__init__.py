"""The lobby: how far a person has come in each episode."""
