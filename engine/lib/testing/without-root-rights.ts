/** User and group that own nothing on any Unix. */
const NOBODY = 65534;

/**
 * Runs the work without root's right to open everything, so that a test of permissions means something for root too
 * (containers and CI run as root). Of no effect for other users and on Windows.
 */
export async function withoutRootRights<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
