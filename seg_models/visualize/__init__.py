"""What is shown of a result: pictures, colours, and facts."""
