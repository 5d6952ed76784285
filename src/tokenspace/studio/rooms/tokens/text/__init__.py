"""The text as tokens: summaries, windows, one token, disagreements, replays."""
