"""Backup and restore: the rows and pictures of a house in one file, whatever database they come from or go to.

Not in it are analytics' Parquet files and the lists of durable work (DBOS). Both are made anew, and nothing is lost:
figures are asked of exported rows, and what is still to be done stands in the rows themselves. A take says whether it
is being spoken and whether its after-work is due, a picture whether it is to be drawn; whoever opens the house next
finishes them. Nor are settings in it, so neither is any key of a provider.
"""
