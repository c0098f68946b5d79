// Makes the replica set of one, then the app's role and user (roles.js). Run by mongosh as the service `mongo-init` of
// compose.yaml, which has the variables. Running it again only takes over a new password or role.
const { readFileSync } = require("node:fs");
const { MONGO_URL, MONGO_MEMBER, MONGO_ROOT_PASSWORD_FILE } = process.env;
const WAIT_MS = 120_000;
const NOT_YET_INITIALIZED = 94;
const AUTHENTICATION_FAILED = 18;

/** Tries until it succeeds: mongod listens for its own set-up first, then ends, then starts for good. */
function eventually(what, attempt) {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    let reason = "";
    try {
      const result = attempt();
      if (result) return result;
    } catch (error) {
      if (error.code === AUTHENTICATION_FAILED) {
        const why = "root's password was set at the first start and is not changed by another file";
        throw new Error(`MongoDB refuses the password in ${MONGO_ROOT_PASSWORD_FILE}: ${why}.`);
      }
      reason = `: ${error.message}`;
    }
    if (Date.now() > deadline) {
      throw new Error(`MongoDB at ${MONGO_MEMBER} did not ${what} within ${WAIT_MS / 1000} s${reason}`);
    }
    sleep(500);
  }
}

function connectAsRoot() {
  const url = new URL(MONGO_URL);
  url.username = "root";
  url.password = encodeURIComponent(readFileSync(MONGO_ROOT_PASSWORD_FILE, "utf8").trim());
  url.searchParams.set("authSource", "admin");
  url.searchParams.set("serverSelectionTimeoutMS", "2000");
  return new Mongo(url.href).getDB("admin");
}

function isInitiated(admin) {
  try {
    return admin.runCommand({ replSetGetStatus: 1 }).ok === 1;
  } catch (error) {
    if (error.code === NOT_YET_INITIALIZED) return false;
    throw error;
  }
}

// roles.js works on `db`, as scripts of mongosh do.
db = eventually("answer", connectAsRoot);
if (!isInitiated(db)) {
  db.runCommand({ replSetInitiate: { _id: "rs0", members: [{ _id: 0, host: MONGO_MEMBER }] } });
  print(`The replica set rs0 is made, of ${MONGO_MEMBER}.`);
}
eventually("become the primary", () => db.hello().isWritablePrimary);
load(require("node:path").join(__dirname, "roles.js"));
