"""Text on the way to a cell grid."""
