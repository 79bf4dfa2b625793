"""The database edge: tables, queries and migrations. The only home of SQL."""
