// A plugin for JupyterLab, written as its loader expects it, so that nothing has to be compiled.
//
// In a window that is narrow, or becomes it, the list of files is closed: it would leave a lesson half
// of the width. Ctrl+B, or the folder at the left edge, opens it.
(() => {
  const narrow = window.matchMedia("(max-width: 800px)");

  const plugin = {
    id: "lessonlib:narrow",
    autoStart: true,
    activate: ({ restored, shell }) => {
      const fit = () => narrow.matches && shell.collapseLeft();
      restored.then(fit);
      narrow.addEventListener("change", fit);
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB["lessonlib-narrow"] = {
    init: () => {},
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();
