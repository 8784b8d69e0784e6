"""What stands between a provider and us: patience with an end, second tries, breakers, a next one in line, prices."""
