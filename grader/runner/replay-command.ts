/** The command that plays one run again. */
export function replayCommand(
  id: string,
  seed: number,
  { impl = 'skeleton', suites = [] }: { readonly impl?: string; readonly suites?: readonly string[] },
): string {
  const words = [`npm run replay ${id} seed=${seed}`];
  if (impl !== 'skeleton') words.push(quote(`impl=${impl}`));
  return [...words, ...suites.map((folder) => quote(`suite=${folder}`))].join(' ');
}

function quote(word: string): string {
  return /^[\w=:./@-]+$/.test(word) ? word : JSON.stringify(word);
}
