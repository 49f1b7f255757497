"""What menus, keys and buttons do: each module connects some actions with the session."""
