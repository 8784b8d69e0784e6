"""What every room stands on: ids, clock, events, text safety, placeholders, token estimates."""
