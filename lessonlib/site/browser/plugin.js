// A plugin for JupyterLite, written as its loader expects it, so that nothing has to be compiled.
//
// The ■ button: a kernel in a browser cannot be interrupted, but it looks for a file while a cell runs.
// A package of the learner's work: downloaded as soon as `lessonlib.pack()` has made it.
// The list of files: closed in a narrow window, as lessonlib-narrow does it in an installed JupyterLab.
(() => {
  const STOP = "stop";
  const NARROW = window.matchMedia("(max-width: 800px)");
  const PACKAGE = /^my-course(-\d+)?\.zip$/;

  const plugin = {
    id: "lessonlib:browser",
    autoStart: true,
    activate: (app) => {
      const { contents } = app.serviceManager;
      app.commands.commandExecuted.connect((_, { id }) => {
        if (id === "notebook:interrupt-kernel" || id === "kernelmenu:interrupt") stop(contents);
      });
      contents.fileChanged.connect((_, { type, newValue }) => {
        const written = type === "rename" || type === "save";
        if (written && PACKAGE.test(newValue?.path ?? "")) download(contents, newValue.path);
      });
      const fit = () => NARROW.matches && app.shell.collapseLeft();
      app.restored.then(fit);
      NARROW.addEventListener("change", fit);
    },
  };

  function stop(contents) {
    const now = String(Date.now() / 1000);
    return contents.save(STOP, { type: "file", format: "text", content: now });
  }

  async function download(contents, path) {
    const { content } = await contents.get(path, { content: true, type: "file", format: "base64" });
    const link = document.createElement("a");
    link.href = `data:application/zip;base64,${content}`;
    link.download = path;
    link.click();
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB["lessonlib-browser"] = {
    init: () => {},
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();
