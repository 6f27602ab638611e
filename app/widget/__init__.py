"""The search box that other sites put on their pages: its versions, and where they are served."""
