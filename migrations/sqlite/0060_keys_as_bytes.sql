-- SQLite compares keys byte by byte already.
SELECT 1;
