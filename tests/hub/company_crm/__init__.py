"""A hub before a company's own CRM."""
