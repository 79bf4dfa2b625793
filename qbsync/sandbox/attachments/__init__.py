"""Notes and files that hang on records: uploaded, told of, downloaded for a while, and gone with their record."""
