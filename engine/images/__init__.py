"""Images: pictures that are drawn or uploaded, their files and their rows."""
