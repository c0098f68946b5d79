/** For `adopt` of a stack of parts, which are closed in the reverse order of their opening. */
export const closePart = (part: { close(): Promise<void> }): Promise<void> => part.close();
