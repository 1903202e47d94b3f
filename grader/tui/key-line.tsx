import { Text } from 'ink';
import { cellWidth, cleanText } from '../report/index.ts';
import { keyTexts } from './keys.ts';
import type { TuiState } from './state.ts';

interface KeyLineProps {
  readonly state: TuiState;
  readonly width: number;
  readonly ascii: boolean;
}

/** The keys that mean something now, as many words as fit. */
export function KeyLine({ state, width, ascii }: KeyLineProps) {
  const texts = keyTexts(state).map((text) => cleanText(text, ascii));
  return (
    <Text dimColor wrap="truncate">
      {texts.find((text) => cellWidth(text) <= width) ?? ''}
    </Text>
  );
}
