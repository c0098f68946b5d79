import { create } from "zustand";

/** Pages' addresses from which files are on their way to the engine, which knows nothing of that work yet. */
export const useSendingFrom = create<{ pages: readonly string[] }>()(() => ({ pages: [] }));

export function tellSending(page: string, sending: boolean): void {
  const { pages } = useSendingFrom.getState();
  if (pages.includes(page) === sending) return;
  useSendingFrom.setState({ pages: sending ? [...pages, page] : pages.filter((one) => one !== page) });
}
