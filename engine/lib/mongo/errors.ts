import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoCompatibilityError,
  MongoError,
  MongoErrorLabel,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoNotConnectedError,
  MongoParseError,
  MongoServerError,
  MongoServerSelectionError,
} from "mongodb";
import { type ErrorCode, SEE_STACK, ShelfmatchError } from "../../../shared/errors.ts";

/** Codes of the server (its src/mongo/base/error_codes.yml). These are the ones that the adapters answer to themselves. */
export const MONGO_CODE = {
  namespaceExists: 48,
  indexOptionsConflict: 85,
  documentValidation: 121,
  tooLarge: 10334,
  duplicateKey: 11_000,
};

/** Unauthorized, AuthenticationFailed, UserNotFound, MechanismUnavailable, and what Atlas says instead. */
const DENIED = new Set([11, 13, 18, 334, 8000]);
const OUT_OF_DISK = 14_031;
/** Not the primary (any more), shutting down, changing its state, or cut off from the other members. */
const NOT_READY = new Set([6, 7, 89, 91, 133, 189, 9001, 10_107, 11_600, 11_602, 13_435, 13_436]);
/** MaxTimeMSExpired, WriteConcernFailed, ExceededTimeLimit. */
const TOO_SLOW = new Set([50, 64, 262]);
/** A lone server knows no transactions, and has no log of changes to follow. */
const NO_REPLICA_SET = new Set([20, 40_573]);
/** WriteConflict, SnapshotUnavailable, NoSuchTransaction, DuplicateKey. */
const CONFLICT = new Set([112, 246, 251, MONGO_CODE.duplicateKey]);

interface Service {
  name: string;
  address: string;
}

/** What a MongoDB server or its driver threw, as the product's error; null where it is neither's. */
export function translateMongo(error: unknown, { name, address }: Service): ShelfmatchError | null {
  const at = `${name} at ${address}`;
  if (isSocketError(error)) {
    return new ShelfmatchError("SERVICE_UNAVAILABLE", unreachable(at, error), { cause: error });
  }
  if (!(error instanceof MongoError)) return null;
  const told = (code: ErrorCode, message: string, retryable?: boolean) =>
    new ShelfmatchError(code, message, { cause: error, ...(retryable === undefined ? {} : { retryable }) });

  if (error instanceof MongoCompatibilityError) return told("SERVICE_MISMATCH", versionMessage(at, error.message));
  if (error instanceof MongoNetworkTimeoutError) {
    return told("TIMEOUT", `${at} did not answer in time. It may be overloaded. ${SEE_STACK}`);
  }
  if (error instanceof MongoServerSelectionError || error instanceof MongoNetworkError) {
    return told("SERVICE_UNAVAILABLE", unreachable(at, error));
  }
  if (error instanceof MongoClientClosedError || error instanceof MongoNotConnectedError) {
    return told("SERVICE_UNAVAILABLE", `${at} is being connected anew. Try again in a moment.`);
  }
  if (error instanceof MongoParseError || error instanceof MongoInvalidArgumentError) {
    return told("SERVICE_BAD_ANSWER", `${at} said what no MongoDB says (${error.message}). Check mongo.url.`);
  }
  const code = serverCode(error);
  if (code === null) return null;
  if (DENIED.has(code)) {
    const step = "Check mongo.username and mongo.passwordFile, and the role that the user was given.";
    return told("SERVICE_DENIED", `${at} refused: ${error.message}. ${step}`);
  }
  if (code === OUT_OF_DISK) {
    return told("DISK_FULL", `The disk of ${at} is full: nothing was written. Make room there and try again.`);
  }
  if (TOO_SLOW.has(code)) {
    return told("TIMEOUT", `${at} took too long (${error.message}). It may be overloaded. ${SEE_STACK}`);
  }
  if (NOT_READY.has(code)) {
    return told("SERVICE_UNAVAILABLE", `${at} is changing its state (${error.message}). Try again in a moment.`);
  }
  if (NO_REPLICA_SET.has(code)) return told("SERVICE_MISMATCH", lonelyMessage(at));
  if (code === MONGO_CODE.documentValidation) {
    const reason = "its rules for this collection are not those of this version";
    const step = "Update every Shelfmatch that uses this database to the same version.";
    return told("SERVICE_MISMATCH", `${at} refused a document: ${reason}. ${step}`);
  }
  if (CONFLICT.has(code) || error.hasErrorLabel(MongoErrorLabel.TransientTransactionError)) {
    return told("BUSY", `Another writer changed the same entry of ${at} at the same moment. Try again.`);
  }
  return null;
}

/** AuthenticationFailed, as against a right that the user lacks: the password may have changed. */
export const isBadPassword = (error: unknown) => serverCode(error) === 18;

/** The server's code of an error; of a bulk write's, the first refused write's. */
export function serverCode(error: unknown): number | null {
  if (error instanceof MongoBulkWriteError && Array.isArray(error.writeErrors) && error.writeErrors[0] !== undefined) {
    return error.writeErrors[0].code;
  }
  return error instanceof MongoServerError && typeof error.code === "number" ? error.code : null;
}

export const lonelyMessage = (at: string) =>
  `${at} is not a replica set, which transactions and the live journal need. Start mongod with --replSet rs0, run rs.initiate() once in mongosh, and put ?replicaSet=rs0 at the end of mongo.url.`;

export const versionMessage = (at: string, version: string) =>
  `${at} is too old (${version}): Shelfmatch needs MongoDB 6.0 or later. Update the server.`;

/** The driver hands on, as it came, what a socket says that was closed while it was written to. */
function isSocketError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && /^E(PIPE|CONN|TIMEDOUT|HOST|NET)/.test(String(error.code));
}

/** Without the driver's own word for it, which is the time it waited: the reason is one error further down. */
function unreachable(at: string, error: Error): string {
  const reasons = new Set<string>();
  if (error instanceof MongoServerSelectionError) {
    for (const server of error.reason?.servers.values() ?? []) if (server.error) reasons.add(server.error.message);
  }
  const reason = reasons.size > 0 ? [...reasons].join("; ") : error.message;
  return `${at} is not reachable (${reason}). Start it, or correct mongo.url in the settings.`;
}
