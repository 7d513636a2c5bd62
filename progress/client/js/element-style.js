/** How the element looks: as the server's own pages do. */
export const style = `
:host { display: block; color-scheme: light dark; container-type: inline-size;
  --card: var(--herald-card, #ffffff); --text: var(--herald-text, #1b1d20); --soft: var(--herald-soft, #565b63);
  --line: var(--herald-line, #d9dce0); --track: var(--herald-track, #e4e7eb); --edge: var(--herald-edge, #80868f);
  --accent: var(--herald-accent, #0b57b5); --good: var(--herald-good, #17693a); --bad: var(--herald-bad, #b3261e);
  --warn: var(--herald-warn, #8a4b00); --warn-back: var(--herald-warn-back, #fff6e5); --bad-back: var(--herald-bad-back, #fdeeec);
  font: 1rem/1.5 var(--herald-font, system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif); }
@media (prefers-color-scheme: dark) {
  :host { --card: var(--herald-card, #1b1d20); --text: var(--herald-text, #e7e8ea); --soft: var(--herald-soft, #a7acb4);
    --line: var(--herald-line, #33373d); --track: var(--herald-track, #30343a); --edge: var(--herald-edge, #7a8088);
    --accent: var(--herald-accent, #8ab8ff); --good: var(--herald-good, #7fd6a0); --bad: var(--herald-bad, #ff9a92);
    --warn: var(--herald-warn, #f2b866); --warn-back: var(--herald-warn-back, #2c2415); --bad-back: var(--herald-bad-back, #311c1b); }
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
article { background: var(--card); color: var(--text); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
p { margin: .5rem 0; }
ol, ul { margin: 0; padding: 0; list-style: none; }
.title { margin: 0 0 .25rem; font-size: 1.15rem; line-height: 1.3; font-weight: 700; }
.state { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0 0 .4rem; }
.sign { white-space: nowrap; font-weight: 600; }
.symbol { font-variant-emoji: text; display: inline-block; min-width: 1.1em; text-align: center; }
.s-running { --tone: var(--accent); } .s-completed { --tone: var(--good); } .s-failed { --tone: var(--bad); }
.s-approval, .s-paused { --tone: var(--warn); } .s-pending, .s-skipped, .s-cancelled { --tone: var(--soft); }
.sign, .symbol { color: var(--tone); }
.s-paused > .symbol, .s-paused > .line > .symbol { width: 1.1em; color: transparent; position: relative; }
.s-paused > .symbol::after, .s-paused > .line > .symbol::after { content: ""; position: absolute; inset: .3em .22em; border-inline: .22em solid var(--warn); }
.bar { display: flex; align-items: center; gap: .6rem; --fill: var(--accent); }
.track { flex: 1; min-width: 0; height: .5rem; border-radius: 99px; background: var(--track); overflow: hidden; }
.head .track { height: .75rem; }
.head { font-size: 1.1rem; font-weight: 600; }
.fill { height: 100%; width: 0; border-radius: 99px; background: var(--fill); transition: width .25s; }
.percent { min-width: 3em; text-align: end; font-variant-numeric: tabular-nums; }
.k-completed .bar { --fill: var(--good); } .k-failed .bar { --fill: var(--bad); }
.k-paused .bar, .k-approval .bar { --fill: var(--warn); } .k-cancelled .bar { --fill: var(--edge); }
.message { white-space: pre-wrap; }
.note { padding: .5rem .8rem; border-radius: 8px; border-inline-start: 4px solid currentColor; white-space: pre-wrap; }
.warn { background: var(--warn-back); color: var(--warn); } .bad { background: var(--bad-back); color: var(--bad); }
.steps { margin-top: .75rem; border-top: 1px solid var(--line); }
.step { padding: .4rem 0; }
.step + .step { border-top: 1px solid var(--line); }
.line { display: grid; grid-template-columns: auto minmax(0, 1fr) fit-content(40%); gap: .5rem; align-items: baseline; }
.line .word { text-align: end; }
.subs > li { display: flex; gap: .35rem; align-items: baseline; }
.step[aria-current] .name { font-weight: 600; }
.s-pending > .line, .s-skipped > .line, .soft, .word { color: var(--soft); }
.word, .soft { font-size: .9rem; }
.step .bar, .step p, .subs { margin-inline-start: 1.6rem; }
.step p { margin-block: .1rem; color: var(--bad); white-space: pre-wrap; }
.foot { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0; font-size: .9rem; }
.foot > * { display: inline-block; margin-top: .75rem; padding: .15rem 0; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:host([compact]) .steps, :host([compact]) .foot a { display: none; }
@container (max-width: 15rem) { .step .bar, .step p, .subs { margin-inline-start: 0; } }
@media (forced-colors: active) { .track { border: 1px solid; } .fill { background: Highlight; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;
