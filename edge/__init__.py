"""What every process of moked does at its edges: clean text, keep private directories, know its peers."""
