"""Parts that the screens of the Studio share: each a function of plain values."""
