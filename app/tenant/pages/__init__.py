"""What people see of the tenant, in a browser."""
