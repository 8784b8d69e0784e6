"""The Studio: the console in which writers make worlds, characters and episodes."""
