"""Feedback: a thumb and a note on a reply, and the team's inbox of them."""
