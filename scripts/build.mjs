// `npm run build`: the pages for the web host into dist/, the desktop app into out/.
import { buildDesktop, buildRenderer, installDependencies } from "./setup/setup.mjs";

installDependencies();
buildRenderer();
buildDesktop();
