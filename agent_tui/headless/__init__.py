"""An agent without a screen: takes calls by rules, through all of the desk but its screen."""
