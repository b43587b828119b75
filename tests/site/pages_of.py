"""A site's pages in a real browser: served from this machine, every other host blocked."""

import functools
import http.server
import threading
from contextlib import contextmanager


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and logs nothing."""

    def log_message(self, *_):
        pass


@contextmanager
def served(folder, kind=Quiet):
    """Yield the address under which a folder is served."""
    handler = functools.partial(kind, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def shown(browser, address, width=1200, **settings):
    """Yield a page, and the list of all that it asks other hosts for, which it does not get."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
    elsewhere = []

    def answer(route):
        if route.request.url.startswith(address):
            return route.continue_()
        elsewhere.append(route.request.url)
        return route.abort()

    context.route("**/*", answer)
    yield context.new_page(), elsewhere
    context.close()
