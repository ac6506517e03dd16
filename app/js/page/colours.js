// The page's colours for what does not draw with CSS: style/tokens.css is the one place for them.

/** Is the page dark? As app/src/browser.rs has it. */
export function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Gives a function from a token's name to its colour in this theme, as CSS writes it. */
export function palette(dark = isDark()) {
  const style = getComputedStyle(document.documentElement);
  return (name) => {
    const value = style.getPropertyValue(`--${name}`).trim();
    const both = /^light-dark\(\s*(#\w+)\s*,\s*(#\w+)\s*\)$/.exec(value);
    return both ? both[dark ? 2 : 1] : value;
  };
}
