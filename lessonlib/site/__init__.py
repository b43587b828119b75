"""What is put on the web: the course as a book, and the course in the browser."""
