import path from 'node:path';
import { KIT_ROOT } from '#runner';
import type { Sources } from './sources.ts';

/**
 * Type-checks many implementations at once, with the kit's compiler settings and without writing a file.
 *
 * @param implementations - by name, for example `checkpoint:2`
 * @returns the complaints of the compiler, each with the name of its implementation, file and line
 */
export async function findTypeErrors(implementations: ReadonlyMap<string, Sources>): Promise<string[]> {
  const { default: ts } = await import('typescript');
  // They have to lie in the kit for the import of the contract to be found.
  const places = path.join(KIT_ROOT, 'solutions', '.generated');
  const texts = new Map<string, string>();
  for (const [name, sources] of implementations) {
    const folder = path.join(places, name.replaceAll(/\W/g, '-'));
    for (const [file, text] of sources) texts.set(path.join(folder, file), text);
  }
  const settings = ts.readConfigFile(path.join(KIT_ROOT, 'tsconfig.json'), ts.sys.readFile).config;
  // Nothing of Node is within a submission's reach; not to read it saves seconds.
  const compilerOptions = { ...settings.compilerOptions, types: [] };
  const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, KIT_ROOT);
  const host = ts.createCompilerHost(options, true);
  const { readFile, fileExists, directoryExists } = host;
  host.readFile = (file) => texts.get(path.normalize(file)) ?? readFile.call(host, file);
  host.fileExists = (file) => texts.has(path.normalize(file)) || fileExists.call(host, file);
  host.directoryExists = (folder) => folder.startsWith(places) || (directoryExists?.call(host, folder) ?? true);
  const program = ts.createProgram([...texts.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map((complaint) => {
    const text = ts.flattenDiagnosticMessageText(complaint.messageText, '\n');
    if (complaint.file === undefined || complaint.start === undefined) return text;
    const { line } = complaint.file.getLineAndCharacterOfPosition(complaint.start);
    return `${path.relative(places, complaint.file.fileName)}:${line + 1}: ${text}`;
  });
}
