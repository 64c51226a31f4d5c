"""What pyVoIP got wrong in its dialogs, message by message, from an exchange that says what a test says."""
