/** The style of the page, inside it: it asks for nothing from anywhere. */
export const STYLE = `
:root { color-scheme: light dark; --line: #b1b4b6; --paper: #fff; --ink: #0b0c0c; --soft: #f3f2f1; --faint: #505a5f; --link: #1d70b8 }
@media (prefers-color-scheme: dark) { :root { --line: #505a5f; --paper: #15191c; --ink: #f3f2f1; --soft: #22282c; --faint: #b1b4b6; --link: #7fb8ea } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; font: 1rem/1.45 system-ui, sans-serif; background: var(--paper); color: var(--ink) }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .25rem; padding-top: .5rem; border-top: 2px solid var(--ink) }
p { max-width: 48rem; margin: .4rem 0 }
a { color: var(--link) }
code { font-size: .875em; overflow-wrap: anywhere }
header code { color: var(--faint) }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; list-style: none }
.legend { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: .25rem 1.5rem; margin: 1rem 0 }
.legend div { display: flex; gap: .6rem }
.legend dt { white-space: nowrap; font-weight: 600 }
.legend dd { margin: 0 }
.scroll { overflow: auto; max-height: 88vh; border: 1px solid var(--line); margin-top: .75rem }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 3px solid #fd0; outline-offset: 0 }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .9375rem }
caption { text-align: left; padding: .5rem; color: var(--faint) }
th, td { text-align: left; vertical-align: top; padding: .4rem .5rem; border-bottom: 1px solid var(--line); font-weight: 400 }
td { min-width: 8.5rem }
thead th { position: sticky; top: 0; z-index: 2; background: var(--paper); border-bottom: 2px solid var(--ink); font-weight: 600; min-width: 8.5rem }
th[scope=row], thead th:first-child { position: sticky; left: 0; z-index: 1; background: var(--paper); min-width: 12rem; max-width: 20rem }
thead th:first-child { z-index: 3 }
.section th { background: var(--soft); font-weight: 600 }
.never { color: var(--faint) }
small, .words { font-size: .8125rem }
small { color: var(--faint) }
.sign { display: inline-block; width: 1em; text-align: center; font-weight: 700 }
.DENY, .DENY + .words { color: var(--faint) }
summary { cursor: pointer }
td summary { list-style: none }
td summary::-webkit-details-marker { display: none }
td summary .words { text-decoration: underline dotted }
td ul { margin: .35rem 0 0; padding-left: 1.1rem; font-size: .8125rem; max-width: 22rem }
details p { margin: .3rem 0 0; font-size: .8125rem }
@media (max-width: 40rem) {
  body { padding: .75rem }
  th[scope=row], thead th:first-child { min-width: 8.5rem; max-width: 9.5rem }
  td, thead th { min-width: 8rem }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #eee; --faint: #333; --line: #999 }
  body { max-width: none; padding: 0; font-size: 9pt }
  nav { display: none }
  .scroll { overflow: visible; max-height: none; border: 0 }
  thead th, th[scope=row], thead th:first-child { position: static }
  section { break-before: page }
  tr { break-inside: avoid }
  details::details-content { content-visibility: visible; display: block; block-size: auto }
}
`;
