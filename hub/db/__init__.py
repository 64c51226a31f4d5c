"""The hub's database: tables, migrations, repositories."""
