"""What is sent to the Hub: a repo for each checkpoint, and the page as a Space."""
