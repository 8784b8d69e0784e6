"""The Coldopen engine: authored characters released by a studio and played turn by turn."""
