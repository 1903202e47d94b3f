import { Box, Text, type TextProps } from 'ink';
import type { Line, Tone } from '../report/index.ts';

const LOOKS: Readonly<Record<Tone, Partial<TextProps>>> = {
  plain: {},
  strong: { bold: true },
  bad: { color: 'red' },
  good: { color: 'green' },
  mark: { color: 'yellow' },
  command: { color: 'cyan' },
  faint: { dimColor: true },
};

/** Lines of text, one below the other. Each takes one row of the window, whatever its width. */
export function TextLines({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <Box flexDirection="column">
      {lines.map(({ text, tone }, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place.
        <Text key={position} wrap="truncate" {...LOOKS[tone]}>
          {text === '' ? ' ' : text}
        </Text>
      ))}
    </Box>
  );
}
