import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Answers as the real command is documented to; `up` waits for a word of the test, so that its progress is seen. */
const SCRIPT = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$@" >> asked
case " $* " in
  *" version "*) echo 2.40.3 ;;
  *" info "*) echo '{"ServerVersion":"29.1.2","Runtimes":{"runc":{},"nvidia":{}},"ServerErrors":null}' ;;
  *" ps "*)
    if [ -e running ]; then
      echo '{"Service":"mongo","State":"running","Health":"healthy","ExitCode":0}'
      echo '{"Service":"models-cpu","State":"exited","Health":"","ExitCode":0}'
    fi ;;
  *" up "*)
    echo " Container shelfmatch-mongo-1  Starting" >&2
    if [ -e broken ]; then echo "Error: port 27017 is already allocated" >&2; exit 17; fi
    while [ ! -e go ]; do sleep 0.1; done
    touch running
    echo " Container shelfmatch-mongo-1  Healthy" >&2 ;;
  *" down "*)
    rm -f running
    echo " Container shelfmatch-mongo-1  Removed" >&2 ;;
esac
`;

export interface FakeDocker {
  /** PATH on which its `docker` is the first, and a folder of its own for what Compose is given. */
  env: { PATH: string; STACK_SECRETS: string };
  /** Lets `up` go on. */
  go(): void;
  /** From now on `up` fails, or no longer. */
  breaks(broken: boolean): void;
  remove(): void;
}

export function fakeDocker(): FakeDocker {
  const folder = mkdtempSync(join(tmpdir(), "shelfmatch-docker-"));
  const command = join(folder, "docker");
  writeFileSync(command, SCRIPT);
  chmodSync(command, 0o755);
  return {
    env: { PATH: `${folder}:/usr/bin:/bin`, STACK_SECRETS: join(folder, "secrets") },
    go: () => writeFileSync(join(folder, "go"), ""),
    breaks: (broken) => (broken ? writeFileSync(join(folder, "broken"), "") : rmSync(join(folder, "broken"))),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
