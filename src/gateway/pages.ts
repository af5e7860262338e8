import type { Desks, Partner } from '../policy/bundle.ts';

/** `GET /urgent`: the duty desks, rendered once, from memory. It works when everything behind the gateway is down. */
export function urgentPage(desks: Desks, partners: ReadonlyMap<string, Partner>): string {
  const rows = [...desks.duty]
    .map(([partner, desk]) => ({ partner: partners.get(partner)?.name ?? partner, ...desk }))
    .sort((a, b) => a.partner.localeCompare(b.partner, 'en'))
    .map(
      ({ partner, name, telephone, hours }) =>
        `<tr><th scope="row">${escapeHtml(partner)}</th><td>${escapeHtml(name)}</td><td><a href="tel:${escapeHtml(telephone.replace(/\s/g, ''))}">${escapeHtml(telephone)}</a></td><td>${escapeHtml(hours)}</td></tr>`,
    );
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Urgent: whom to ring</title>
<style>
body { font: 1.1875rem/1.5 system-ui, sans-serif; color: #0b0c0c; max-width: 60rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: bold; padding-bottom: .5rem; }
th, td { text-align: left; padding: .5rem 1rem .5rem 0; border-bottom: 1px solid #b1b4b6; vertical-align: top; }
a { color: #1d70b8; }
@media (max-width: 40rem) { thead { position: absolute; left: -999rem; } tr, th, td { display: block; border: 0; padding: 0; } tr { border-bottom: 1px solid #b1b4b6; padding: .5rem 0; } }
</style>
</head>
<body>
<main>
<h1>Urgent: whom to ring</h1>
<p>If somebody is in danger now, ring 999. If somebody may be at risk and the shared record cannot be read or shows nothing,
ring the duty desk of the agency you need. That nothing can be shown does not mean that nothing is known.</p>
<table>
<caption>Duty desks</caption>
<thead><tr><th scope="col">Agency</th><th scope="col">Desk</th><th scope="col">Telephone</th><th scope="col">Hours</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
