/** The look of a report's file: nothing from outside, both colour schemes, fit to be printed. */
export const STYLE = `
:root { color-scheme: light dark; --text: #172023; --quiet: #55646b; --line: #dde3e5; --surface: #f4f6f6; --accent: #0c7768; --grey: #8a989f; }
@media (prefers-color-scheme: dark) { :root { --text: #dbe3e4; --quiet: #9fafb2; --line: #2b3639; --surface: #182022; --accent: #4fb09c; } body { background: #101618; } }
body { max-width: 1080px; margin: 0 auto; padding: 24px; color: var(--text); font: 14px/1.45 system-ui, sans-serif; }
h1 { font-size: 22px; } h2 { margin-top: 32px; font-size: 16px; } p, small { color: var(--quiet); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, td:first-child { text-align: left; } td small { display: block; font-size: 11px; }
.cards, .plots, .pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 12px; }
.plots { grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); } .pairs { grid-template-columns: repeat(auto-fill, minmax(310px, 1fr)); }
.card, .pair, figure { margin: 0; padding: 12px; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); break-inside: avoid; }
.card b { display: block; font-size: 24px; } figcaption { font-weight: 600; }
.pair { overflow-wrap: anywhere; } .pictures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 6px; }
.pictures div { font-size: 11px; color: var(--quiet); } .pictures img { width: 100%; height: 96px; object-fit: contain; background: #fff; border-radius: 6px; }
svg { width: 100%; font-size: 10px; } svg text { fill: var(--quiet); }
.grid { stroke: var(--line); } .ideal { fill: none; stroke: var(--grey); stroke-dasharray: 4 4; } .line { fill: none; stroke: var(--accent); stroke-width: 2; }
circle { fill: var(--accent); fill-opacity: .55; } .present { fill: var(--accent); } .absent { fill: var(--grey); }
`;
