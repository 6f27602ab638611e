"""The pages: what a person sees, rendered by the server and usable without script."""
