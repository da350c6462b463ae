"""One file a page or a verb: a view gathers, its page object names what the template may use."""
