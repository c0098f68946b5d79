// Makes the app's role and user, or brings them up to date; run by mongosh as an administrator. The official image runs
// it at its first start from /docker-entrypoint-initdb.d, with app-role.json beside it. The role has what the app does
// and no more (engine/lib/mongo/rights.test.ts shows both); the user lives in `admin`, where clients look it up unless
// told otherwise.
//
//   SHELFMATCH_MONGO_DATABASE       database that holds catalogue and journal; "shelfmatch" where unset
//   SHELFMATCH_MONGO_USERNAME       the app's user; "shelfmatch" where unset
//   SHELFMATCH_MONGO_PASSWORD_FILE  file that holds the user's password; "/run/secrets/mongo-password" where unset
(() => {
  const { readFileSync } = require("node:fs");
  const { join } = require("node:path");
  const env = (name, fallback) => process.env[`SHELFMATCH_MONGO_${name}`] || fallback;
  const database = env("DATABASE", "shelfmatch");
  const username = env("USERNAME", "shelfmatch");
  const passwordFile = env("PASSWORD_FILE", "/run/secrets/mongo-password");
  const password = readFileSync(passwordFile, "utf8").trim();
  if (password === "") throw new Error(`${passwordFile} is empty: put the app's password there.`);
  const { role, privileges } = JSON.parse(readFileSync(join(__dirname, "app-role.json"), "utf8"));
  const granted = privileges.map(({ collection, actions }) => ({ resource: { db: database, collection }, actions }));

  const app = db.getSiblingDB(database);
  const admin = db.getSiblingDB("admin");
  const run = (where, command) => {
    const { ok, errmsg } = where.runCommand(command);
    if (ok !== 1) throw new Error(errmsg);
  };
  const isKnown = (where, what, name) => where.runCommand({ [`${what}sInfo`]: name })[`${what}s`].length > 0;
  run(app, { [isKnown(app, "role", role) ? "updateRole" : "createRole"]: role, privileges: granted, roles: [] });
  run(admin, {
    [isKnown(admin, "user", username) ? "updateUser" : "createUser"]: username,
    pwd: password,
    roles: [{ role, db: database }],
  });
  print(`Role ${role} and user ${username} are ready on ${database}.`);
})();
