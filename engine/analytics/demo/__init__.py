"""Demo data: marked, seeded play of people who do not exist, so that figures can be seen before anybody has played."""
