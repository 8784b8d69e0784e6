"""The front page, the page of the API, and the few files that they load."""
