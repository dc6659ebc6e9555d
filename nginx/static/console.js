// A button beside what is there to be copied. Without scripts it is selected by hand.
if (navigator.clipboard) {
  for (const code of document.querySelectorAll("dd > code, pre > code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    const says = (text) => { button.textContent = text; };
    says("Copy");
    const whole = code.closest("pre") || code;
    const name = code.closest("dd")?.parentElement.querySelector("dt") ?? code.closest("section")?.querySelector("h2");
    const label = name?.textContent;
    if (label) button.setAttribute("aria-label", `Copy ${label}`);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        says("Copied");
      } catch {
        says("Select it, and copy it by hand");
      }
      button.setAttribute("aria-live", "polite");
      button.removeAttribute("aria-label");
    });
    whole.after(button);
  }
}
