// `npm run test:models`: what takes published encoders to graphs and engines, on the real libraries. Its tests are named
// `*_modeltest.py`. Ends with `N passed, N failed`.
import { modelsPython } from "./setup/models.mjs";
import { runPytest } from "./setup/pytest.mjs";
import { conclude } from "./setup/vitest-suite.mjs";

const { python, missing } = modelsPython();
conclude(
  missing === null
    ? runPytest(python, "models", ["-o", "python_files=*_modeltest.py", ...process.argv.slice(2)])
    : { passed: 0, failed: 0, skipped: [`models: ${missing}`] },
);
