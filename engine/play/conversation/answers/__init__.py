"""What a player said to a reply: the line of the next standing turn."""
