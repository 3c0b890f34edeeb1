// Small comforts. Everything works without this file.
"use strict";

// A figure opens "how was this computed?" beside the page instead of leaving it.
document.addEventListener("click", (event) => {
  const figure = event.target.closest("a.money");
  const dialog = document.getElementById("explain");
  if (!figure || !dialog || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  htmx.ajax("GET", figure.href, { target: "#explain-body", swap: "innerHTML" })
    .then(() => { if (!dialog.open) dialog.showModal(); })
    .catch(() => { window.location.href = figure.href; });
});

// Menus close when one looks elsewhere, or with Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
document.getElementById("explain")?.addEventListener("click", (event) => {
  if (event.target.id === "explain") event.target.close();
});

// A form is sent once; its button says so.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  window.addEventListener("pageshow", () => { delete form.dataset.sent; }, { once: true });
});
document.addEventListener("htmx:afterRequest", (event) => { delete event.target.dataset?.sent; });

// After a refused form, the eye and the focus go to what is wrong.
document.querySelector("[role=alert]")?.closest("main")?.querySelector("[aria-invalid=true]")?.focus();
