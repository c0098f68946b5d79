/** Files that electron-vite copies into the build: where they lie at run time. */
declare module "*?asset" {
  const path: string;
  export default path;
}
