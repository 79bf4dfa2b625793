"""Projects: their records, the customer rows that stand for them, and the GraphQL service that keeps both."""
