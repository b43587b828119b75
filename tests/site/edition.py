"""The browser edition in Chromium, for the tests: a site, served from here, and nothing else."""

import base64
import functools
import http.server
import json
import shutil
import threading
import time
from contextlib import contextmanager

from pages_of import Quiet

IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


@contextmanager
def served(site, folder):
    """Serve a copy of a site whose pages can be asked; yield its address, and a way to end it."""
    copy = shutil.copytree(site, folder / "served")
    settings = json.loads((copy / "jupyter-lite.json").read_text())
    settings["jupyter-config-data"]["exposeAppInBrowser"] = True
    (copy / "jupyter-lite.json").write_text(json.dumps(settings))
    handler = functools.partial(Quiet, directory=copy)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.shutdown
    finally:
        server.shutdown()
        server.server_close()


class Learner:
    """Somebody with a browser of their own, which reaches the site, these others, and no third."""

    def __init__(self, browser, address, *others):
        self.address, self.reached = address, (address, *others, "data:", "blob:")
        self.asked, self.elsewhere = [], []
        self.context = browser.new_context(
            viewport={"width": 1200, "height": 900}, accept_downloads=True
        )
        self.context.set_default_timeout(400_000)
        self.context.route(lambda url: not self._is_here(url), lambda route: route.abort())
        self.context.on("request", self._note)
        self.page = self.context.new_page()

    def _is_here(self, url):
        return url.startswith(self.reached)

    def _note(self, request):
        self.asked.append(request.url)
        if not self._is_here(request.url):
            self.elsewhere.append(request.url)

    def open(self, path):
        """Open a notebook and wait for its kernel; return the seconds that it took."""
        started = time.monotonic()
        url = f"{self.address}/notebooks/index.html?path={path}"
        self.page.goto(url, wait_until="domcontentloaded")
        self.page.wait_for_function(IDLE)
        return time.monotonic() - started

    def run(self, code):
        """Run code in the kernel, not in a cell; return what it printed, and its error."""
        return self.page.evaluate(
            """async code => {
                const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
                const future = kernel.requestExecute({code});
                let text = '';
                future.onIOPub = ({content}) => {
                    text += content.text ?? content.data?.['text/plain'] ?? '';
                    text += (content.traceback ?? []).join('\\n');
                };
                await future.done;
                return text;
            }""",
            code,
        )

    def answer(self, cell, source):
        """Type into a cell, by its nbgrader id, run it and the check below; return what is told."""
        self.page.evaluate(
            """async ([id, source]) => {
                const notebook = jupyterapp.shell.currentWidget.content;
                const find = id => [...notebook.widgets].findIndex(
                    cell => (cell.model.getMetadata('nbgrader') ?? {}).grade_id === id);
                notebook.widgets[find(id)].model.sharedModel.setSource(source);
                for (const each of [id, `check-${id}`]) {
                    notebook.deselectAll();
                    notebook.activeCellIndex = find(each);
                    await jupyterapp.commands.execute('notebook:run-cell');
                }
            }""",
            [cell, source],
        )
        return self.told(f"check-{cell}")

    def told(self, cell):
        """Return the text of a cell's outputs."""
        return self.page.evaluate(
            """id => jupyterapp.shell.currentWidget.content.widgets.find(
                cell => (cell.model.getMetadata('nbgrader') ?? {}).grade_id === id
            ).model.outputs.toJSON().map(
                each => each.text ?? each.data?.['text/plain'] ?? each.traceback.join('\\n')
            ).join('\\n')""",
            cell,
        )

    def upload(self, path):
        """Put a file into the list of files."""
        self.page.evaluate(
            """async ([path, content]) => {
                await jupyterapp.serviceManager.contents.save(
                    path, {type: 'file', format: 'base64', content});
            }""",
            [path.name, base64.b64encode(path.read_bytes()).decode()],
        )

    def fill(self, answers):
        """Write answers into their cells, each by its nbgrader id."""
        self.page.evaluate(
            """answers => {
                for (const {model} of jupyterapp.shell.currentWidget.content.widgets) {
                    const id = (model.getMetadata('nbgrader') ?? {}).grade_id;
                    if (id in answers) model.sharedModel.setSource(answers[id]);
                }
            }""",
            answers,
        )

    def run_all(self):
        """Run all cells; return the outputs of all."""
        return self.page.evaluate(
            """async () => {
                await jupyterapp.commands.execute('notebook:run-all-cells');
                return jupyterapp.shell.currentWidget.content.widgets.flatMap(
                    cell => cell.model.outputs?.toJSON() ?? []);
            }"""
        )

    def run_each(self):
        """Run the code cells one by one, whatever comes of them; return the outputs of all."""
        return self.page.evaluate(
            """async () => {
                const notebook = jupyterapp.shell.currentWidget.content;
                for (const [place, cell] of notebook.widgets.entries()) {
                    if (cell.model.type !== 'code') continue;
                    notebook.deselectAll();
                    notebook.activeCellIndex = place;
                    await jupyterapp.commands.execute('notebook:run-cell');
                }
                return notebook.widgets.flatMap(cell => cell.model.outputs?.toJSON() ?? []);
            }"""
        )

    def save(self):
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")

    def close(self):
        self.context.close()
