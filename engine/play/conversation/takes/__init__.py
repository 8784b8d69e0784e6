"""Takes: replies in the making, their leases, their final states, their prompts, and after-work that is due."""
