"""The people: who they are before accounts exist, and the key that signs what we hand out."""
