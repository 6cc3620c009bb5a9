// The theme that the user chose, before the first paint: a module would be late.
// Without a choice the system's counts.

{
  const KEY = "yolambda-theme";
  const root = document.documentElement;
  const read = () => {
    try {
      return localStorage.getItem(KEY) ?? "";
    } catch {
      return ""; // the browser keeps nothing for pages
    }
  };
  root.dataset.theme = read();
  addEventListener("DOMContentLoaded", () => {
    const select = document.getElementById("theme");
    select.value = read();
    select.addEventListener("change", () => {
      root.dataset.theme = select.value;
      try {
        localStorage.setItem(KEY, select.value);
      } catch {
        // It holds until the page is left.
      }
    });
  });
}
