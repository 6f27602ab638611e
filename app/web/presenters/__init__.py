"""Pure functions from what search and catalogue answer to what the templates show. Templates hold no logic."""
