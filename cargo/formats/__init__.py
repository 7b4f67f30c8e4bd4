"""Files that others plan with: instances and answers of well-known formats, read and written."""
