"""The HTTP shell: who asks, what may be asked, and the doors to both apps and the API."""
