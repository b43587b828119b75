// A formula that is wider than the page can be scrolled: by keyboard too, once it has a tab stop.
function reachWideFormulas() {
  for (const formula of document.querySelectorAll("mjx-container[display]")) {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
  }
}

addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  reachWideFormulas();
  addEventListener("resize", reachWideFormulas);
});
