"""A corpus without documents that stand in it twice, exactly or nearly."""
