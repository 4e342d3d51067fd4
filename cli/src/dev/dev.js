"use strict";
// Shows what `crewed dev` is doing, and loads the page anew once a new program answers.
(() => {
  // The program that the page is from, as far as that is known.
  let shown = null;
  const bar = document.createElement("div");
  bar.id = "crewed-dev";
  bar.setAttribute("role", "status");
  bar.style.cssText =
    "position:fixed;left:0;right:0;bottom:0;z-index:2147483647;max-height:50vh;overflow:auto;margin:0;" +
    "padding:.5em 1em;font:13px/1.4 monospace;white-space:pre-wrap;color:#fff;display:none";
  const show = (text, color) => {
    bar.textContent = text;
    bar.style.background = color;
    bar.style.display = text ? "block" : "none";
  };
  document.body.append(bar);
  const events = new EventSource("/.crewed/events");
  events.onmessage = (event) => {
    const state = JSON.parse(event.data);
    shown ??= state.program;
    if (state.program !== shown && !state.building) location.reload();
    else if (state.error) show(state.error, "#a11");
    else if (state.building) show("building…", "#555");
    else show("", "");
  };
  events.onerror = () => show("crewed dev has ended", "#555");
})();
