"""Static text encoders: one row of numbers a token, a text is the mean of its tokens' rows."""
