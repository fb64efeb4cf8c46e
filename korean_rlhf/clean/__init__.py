"""Raw documents -> clean documents: pure functions, and a reason for every drop."""
