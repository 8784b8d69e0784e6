"""Analytics: what happened in play, exported to Parquet and asked with DuckDB."""
