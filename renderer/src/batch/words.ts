/** As lib/i18n will have it. */
type Values = Record<string, string | number>;
export type Message = string;
export const msg = <const Text extends string>(message: Text): Text => message;
export function t(message: Message, values: Values = {}): string {
  const plural = message.replace(/\{(\w+), plural, ((?:\w+ \{[^}]*\} ?)+)\}/g, (_, name: string, cases: string) => {
    const count = Number(values[name]);
    const found = Object.fromEntries([...cases.matchAll(/(\w+) \{([^}]*)\}/g)].map(([, key, text]) => [key, text]));
    return (
      (count === 1 ? (found.one ?? found.other) : found.other)?.replaceAll(
        "#",
        new Intl.NumberFormat().format(count),
      ) ?? ""
    );
  });
  return plural.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}
