import process from 'node:process';

/**
 * Text in lines no wider than the terminal, and never wider than is read with ease. Later lines stand under the first,
 * which `lead` begins. What goes to a program is wrapped too: nobody should have to scroll a log sideways.
 */
export function wrap(text: string, lead = ''): string {
  const width = Math.min(Math.max(process.stdout.columns ?? 100, 40), 100) - lead.length;
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1] ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => (index === 0 ? lead : ' '.repeat(lead.length)) + line).join('\n');
}
