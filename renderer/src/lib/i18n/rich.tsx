import { TransNoContext } from "@lingui/react/server";
import type { ReactElement, ReactNode } from "react";
import { i18n, type Message } from "./i18n.ts";

interface Props {
  id: Message;
  /** What stands for `<0>…</0>`, `<1/>` and so on in the message. */
  parts?: readonly ReactElement[];
  values?: Record<string, ReactNode>;
}

/** A message with elements in it: `<Rich id="Press <0>Esc</0>" parts={[<Kbd />]} />`. */
export function Rich({ id, parts = [], values = {} }: Props) {
  const components = Object.fromEntries(parts.entries());
  return <TransNoContext id={id} components={components} values={values} lingui={{ i18n }} />;
}
