"""Which paths are pages. Known before the pages are built: a test compares them with the routes."""

OWNED_PATHS = frozenset(
    {
        "",
        "admin",
        "compare",
        "controls",
        "credits",
        "developers",
        "generations",
        "join",
        "library",
        "media",
        "password",
        "preferences",
        "progress",
        "quote",
        "review",
        "set-up",
        "sign-in",
        "sign-out",
        "static",
        "storyboards",
        "team",
    }
)
"""The first segments of the studio's paths; the front page is the empty one."""
