/** The command that plays one run again. */
export function replayCommand(
  id: string,
  seed: number,
  { impl = 'skeleton', suites = [] }: { readonly impl?: string; readonly suites?: readonly string[] },
): string {
  return commandOf([`npm run replay ${id} seed=${seed}`], { impl, suites });
}

/** The command that plays a case again. @param file - path of its file */
export function replayCaseCommand(
  file: string,
  { impl = 'skeleton', suites = [] }: { readonly impl?: string; readonly suites?: readonly string[] },
): string {
  return commandOf(['npm run replay', quote(`case=${file}`)], { impl, suites });
}

function commandOf(
  words: string[],
  { impl, suites }: { readonly impl: string; readonly suites: readonly string[] },
): string {
  if (impl !== 'skeleton') words.push(quote(`impl=${impl}`));
  return [...words, ...suites.map((folder) => quote(`suite=${folder}`))].join(' ');
}

function quote(word: string): string {
  return /^[\w=:./@-]+$/.test(word) ? word : JSON.stringify(word);
}
