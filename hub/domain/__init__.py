"""What a contact centre is, without any framework."""
