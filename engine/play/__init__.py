"""The runtime: plays releases turn by turn. It knows neither the studio nor genre."""
