"""What runs beside the screen: loops between the ports and the store."""
