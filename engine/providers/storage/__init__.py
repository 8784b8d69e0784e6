"""Where pictures are kept; so far in a folder. A port is drawn when a second place exists."""
