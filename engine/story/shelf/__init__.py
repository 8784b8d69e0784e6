"""The shelf: every release ever cut, and which of them is live."""
