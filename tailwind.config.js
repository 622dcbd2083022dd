// Names of the design's tokens for Tailwind: tw:text-ink, tw:bg-paper. The
// values live in static/src/tokens.css, once for light and once for dark.
const token = (name) => `var(--${name})`;

module.exports = {
  content: ["./views/**/*.templ"],
  theme: {
    screens: { sm: "40em", lg: "73em" },
    colors: Object.fromEntries(
      ["page", "paper", "raised", "ink", "muted", "line", "edge", "link", "fill", "tint", "error", "warn", "ok", "info"]
        .map((name) => [name, token(name)]),
    ),
    spacing: Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => [n, token(`s${n}`)])),
    fontFamily: { sans: token("font"), mono: token("mono") },
    borderRadius: { DEFAULT: token("radius"), lg: token("radius-l") },
  },
};
