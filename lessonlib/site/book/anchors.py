"""A Sphinx extension: the name of a section has its page's name in it.

Nineteen lessons have a section "Recap". On the page with the whole course, where their names meet,
each link has to lead to its own.
"""

from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    """Let each page be read with a prefix of its own: a setting, so one page after the other."""
    app.connect("env-purge-doc", _set_prefix)
    return {"parallel_read_safe": False, "parallel_write_safe": True}


def _set_prefix(_app, env, page: str) -> None:
    """Set the prefix; this event is the last before a page is read.

    A letter comes first: scripts of the theme look names up as CSS selectors.
    """
    env.settings["id_prefix"] = f"in-{page}-"
