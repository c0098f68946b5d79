import { Argument, Command, CommanderError, Option } from "commander";
import { levelSchema } from "../../../shared/contract/journal.ts";
import { defaultDataFolder } from "../../config/data-folder.ts";
import { VERSION } from "../../version.ts";
import type { EngineFactory } from "../hosted-engine.ts";
import { evaluationSetting, mappedColumn, PROFILES, type Profile, since, wholeNumber } from "./arguments.ts";
import type { Run } from "./command.ts";
import { backUp, restoreFrom } from "./commands/backup.ts";
import { type BatchOptions, batch } from "./commands/batch.ts";
import { doctor } from "./commands/doctor.ts";
import {
  findDuplicates,
  listDecisions,
  markDistinct,
  markVariants,
  mergeProducts,
  undoDecision,
} from "./commands/duplicates.ts";
import { type EvalOptions, evaluate } from "./commands/eval.ts";
import { type ExportCommandOptions, exportCatalogue } from "./commands/export.ts";
import { type FeedbackOptions, feedback } from "./commands/feedback.ts";
import { type ImportCommandOptions, importCatalogue } from "./commands/import.ts";
import { journal } from "./commands/journal.ts";
import { match } from "./commands/match.ts";
import { moveTo } from "./commands/move.ts";
import { deleteProducts, listProducts, showProduct } from "./commands/products.ts";
import { type RecalibrateOptions, recalibrate } from "./commands/recalibrate.ts";
import { search } from "./commands/search.ts";
import { serve } from "./commands/serve.ts";
import { changeModel, composeDown, composeUp, listModels, stackStatus } from "./commands/stack.ts";
import { EXIT, failureBody, failureText } from "./failure.ts";
import type { Io } from "./io.ts";
import { fromCaller, printJson, say } from "./io.ts";
import { openSession } from "./session.ts";

type Action = (run: Run) => Promise<number>;

/**
 * Runs one command line.
 * @param args without the program's own name
 * @param createEngine another engine than the shipped one; for tests
 * @returns the exit code
 */
export async function runCli(args: readonly string[], io: Io, createEngine?: EngineFactory): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = new Command("shelfmatch")
    .description("Tells which product of a catalogue a photo shows.")
    .version(VERSION)
    .option("--data <folder>", "data folder (SHELFMATCH_DATA)")
    .addOption(
      new Option("--profile <name>", "where the parts run, in place of the settings' own (parts.profile)").choices(
        PROFILES,
      ),
    )
    .option("--json", "machine-readable lines on stdout", false)
    .exitOverride()
    .showHelpAfterError("(--help shows how to use it)")
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  const globals = () => program.opts<{ data?: string; profile?: Profile; json: boolean }>();
  const dataFolder = () => {
    const data = globals().data ?? io.env.SHELFMATCH_DATA;
    return data === undefined || data === "" ? defaultDataFolder(io.env) : fromCaller(io, data);
  };
  const open = () => openSession(io, dataFolder(), { profile: globals().profile, createEngine });
  const withSession = async (action: Action) => {
    const session = await open();
    try {
      exitCode = await action({ io, session, json: globals().json });
    } finally {
      await session.close();
    }
  };
  const settingOption = (flags: string, text: string) =>
    new Option(flags, `${text}, such as verify=off,text=off,precision=0.99`).argParser(evaluationSetting);
  const top = () => new Option("--top <n>", "answers a picture").argParser(wholeNumber(1, 100));

  program
    .command("import <source>")
    .description("bring a catalogue in: products.csv, .jsonl, .xlsx, .parquet, .zip, or a folder of pictures")
    .option(
      "--map <column=target>",
      "what a column becomes: sku, name, price, ..., attribute:NAME or ignore; may come several times",
      mappedColumn,
    )
    .addOption(new Option("--decimal <mark>", "what stands before the decimals").choices(["auto", "point", "comma"]))
    .option("--cents", "prices are in hundredths of the currency's unit")
    .option("--currency <code>", "of prices beside which none stands")
    .option("--pictures-from-web", "fetch pictures named by web addresses, where the settings allow it")
    .option("--dry-run", "say what would change, and write nothing")
    .action((source: string, options: ImportCommandOptions) =>
      withSession((run) => importCatalogue(run, source, options)),
    );
  program
    .command("export <file>")
    .description("write the whole catalogue to a file that import reads back without loss")
    .addOption(
      new Option("--format <kind>", "unless said, by the file's name").choices(["csv", "jsonl", "xlsx", "parquet"]),
    )
    .option("--pictures", "a zip of the table and every picture")
    .option("--embeddings", "Parquet only: the pictures' embeddings as well")
    .option("--replace", "write over a file that is there", false)
    .action((file: string, options: ExportCommandOptions) => withSession((run) => exportCatalogue(run, file, options)));
  program
    .command("match <image...>")
    .description("which product does each picture show?")
    .option("--text <note>", "a note that goes with the pictures")
    .option("--describe", "wait for a vision-language model to describe each, where one is set up")
    .addOption(top())
    .action((images: string[], options: { text?: string; describe?: boolean; top?: number }) =>
      withSession((run) => match(run, images, options)),
    );
  program
    .command("batch [folder]")
    .description(
      "match all pictures of a folder (or of a zip), one after the other; kept, to be reviewed on the Batch page",
    )
    .option("--watch", "go on with new pictures as they come, until Ctrl-C", false)
    .option("--csv <file>", "write every answer to a table")
    .option("--xlsx <file>", "the same for Excel")
    .option("--name <text>", "to know the batch by")
    .option("--resume <id>", "go on with a batch that was paused")
    .action((folder: string | undefined, options: BatchOptions) => withSession((run) => batch(run, folder, options)));
  program
    .command("feedback")
    .description("say what an answer was worth; confirmed photos can become pictures of their product")
    .argument("<run>", "id of the matching run, as match --json and the journal show it")
    .addArgument(new Argument("<answer>").choices(["right", "wrong", "this", "absent"]))
    .option("--sku <sku>", "the product that it is, with `this`")
    .option("--note <text>", "why")
    .option("--add-photo [file]", "make the photo a picture of the product; without a file, the one that was kept")
    .action((runId: string, answer: "right" | "wrong" | "this" | "absent", options: FeedbackOptions) =>
      withSession((run) => feedback(run, runId, answer, options)),
    );
  program
    .command("search")
    .description("which products fit these words, or this barcode?")
    .requiredOption("--text <words>", "what to look for")
    .addOption(top())
    .action((options: { text: string; top?: number }) => withSession((run) => search(run, options)));
  program
    .command("serve")
    .description("run the app as a web host until Ctrl-C")
    .option("--host <address>", "address to listen on; anything but loopback needs server.token")
    .option("--port <n>", "port to listen on; 0 takes a free one", wholeNumber(0, 65_535))
    .option("--open", "open the browser", false)
    .option("--sample", "put the sample catalogue into a new data folder", false)
    .action(async (options: { host?: string; port?: number; open: boolean; sample: boolean }) => {
      const engine = createEngine === undefined ? {} : { createEngine };
      exitCode = await serve(io, { ...options, ...engine, ...globals(), dataFolder: dataFolder() });
    });
  program
    .command("journal")
    .description("what happened: log lines and errors, oldest first")
    .addOption(new Option("--level <level>", "this level and the ones above").choices(levelSchema.options))
    .option("--run <id>", "of one matching run")
    .option("--component <name>", "of one part: match, import, index, ...")
    .option("--text <words>", "that contain this")
    .addOption(new Option("--since <time>", "a span such as 2h or 7d, or a date").argParser((text) => since(text)))
    .option("--limit <n>", "the newest so many", wholeNumber(1, 1000), 100)
    .option("--follow", "go on with new lines until Ctrl-C", false)
    .action(({ run: runId, ...options }) => withSession((run) => journal(run, { ...options, runId })));
  const products = program.command("products").description("the catalogue");
  products
    .command("list")
    .option("--text <words>", "words in SKU, name, brand, category, description")
    .option("--category <name...>")
    .option("--brand <name...>")
    .option("--barcode <digits>")
    .option("--confirmed", "with photos that somebody confirmed")
    .option("--limit <n>", "so many at most", wholeNumber(1, 1_000_000))
    .action((options) => withSession((run) => listProducts(run, options)));
  products.command("show <sku>").action((sku: string) => withSession((run) => showProduct(run, sku)));
  products.command("delete <sku...>").action((skus: string[]) => withSession((run) => deleteProducts(run, skus)));
  program
    .command("recalibrate")
    .description("fit confidence anew on queries made of this catalogue and on judged photos; the better one stays")
    .option("--products <n>", "make queries of so many at most", wholeNumber(10, 1000))
    .option("--reset", "go back to the calibration that ships with the app", false)
    .action((options: RecalibrateOptions) => withSession((run) => recalibrate(run, options)));
  const duplicates = program.command("duplicates").description("products that may be the same, or variants");
  duplicates
    .command("find")
    .description("look for them, and list those that nobody has decided, likeliest first")
    .action(() => withSession(findDuplicates));
  duplicates
    .command("merge <into> <from>")
    .description("give the first product the pictures and missing fields of the second, and delete that")
    .action((into: string, from: string) => withSession((run) => mergeProducts(run, into, from)));
  duplicates
    .command("variants <sku...>")
    .description("mark products as variants of one another")
    .action((skus: string[]) => withSession((run) => markVariants(run, skus)));
  duplicates
    .command("distinct <sku...>")
    .description("say that products are not the same")
    .action((skus: string[]) => withSession((run) => markDistinct(run, skus)));
  duplicates
    .command("decisions")
    .description("what was decided, newest first; with --json whole, to keep")
    .action(() => withSession(listDecisions));
  duplicates
    .command("undo <decision>")
    .description("take a decision back")
    .action((id: string) => withSession((run) => undoDecision(run, id)));
  program
    .command("eval")
    .description(
      "measure how well matching does here: on photos of yours, judged photos, or queries made of this catalogue",
    )
    .addOption(
      new Option(
        "--queries <folder>",
        "photos in a folder a SKU; `_absent` for what the catalogue does not have",
      ).conflicts(["feedback", "products", "transformations"]),
    )
    .addOption(
      new Option("--feedback", "photos that were judged on the Match page").default(false).conflicts("products"),
    )
    .option("--products <n>", "make queries of at most so many products", wholeNumber(2, 100_000))
    .option("--transformations <name...>", "make queries by these alone")
    .option("--seed <n>", "the same seed makes the same queries", wholeNumber(0, 2 ** 31))
    .option("--name <text>", "to know the run by")
    .option("--no-leave-out", "do not ask every query once more with its product left out")
    .option("--no-baselines", "leave out pHash and the plain encoder")
    .addOption(settingOption("--setting <what>", "in place of the settings").default({}))
    .addOption(settingOption("--against <what>", "a second setting, side by side on the same queries"))
    .option("--csv <file>", "write every query to a file")
    .option("--html <file>", "write the report with its plots to one file")
    .action((options: EvalOptions) => withSession((run) => evaluate(run, options)));
  const stack = program.command("stack").description("the services of the stack: Triton, Qdrant, MongoDB");
  stack
    .command("status")
    .description("each service, Docker and the containers; exit 1 where a service is down")
    .action(() => withSession(stackStatus));
  stack
    .command("up")
    .description("start the services with Docker Compose")
    .addOption(new Option("--gpu", "models on an NVIDIA GPU; unless said, where Docker has one").conflicts("cpu"))
    .addOption(new Option("--cpu", "models on the processor"))
    .action(({ gpu, cpu }: { gpu?: true; cpu?: true }) =>
      withSession((run) => composeUp(run, gpu ? "gpu" : cpu ? "cpu" : undefined)),
    );
  stack
    .command("down")
    .description("stop them; their data stays")
    .action(() => withSession(composeDown));
  const models = stack
    .command("models")
    .description("what Triton serves")
    .action(() => withSession(listModels));
  models
    .command("load <name>")
    .description("load a model, or load it anew")
    .action((name: string) => withSession((run) => changeModel(run, "loadModel", name)));
  models
    .command("unload <name>")
    .description("free what a model takes")
    .action((name: string) => withSession((run) => changeModel(run, "unloadModel", name)));
  program
    .command("move")
    .description("copy catalogue, vectors and journal to the other profile, check the copy, and use it from then on")
    .addOption(new Option("--to <profile>", "where to").choices(PROFILES).makeOptionMandatory())
    .option("--replace", "delete there what this catalogue does not have", false)
    .action((options: { to: Profile; replace: boolean }) => withSession((run) => moveTo(run, options)));
  program
    .command("backup <file>")
    .description("back the data folder up to one zip: products, pictures, vectors, journal, settings without secrets")
    .option("--replace", "write over a file that is there", false)
    .action((file: string, options: { replace: boolean }) => withSession((run) => backUp(run, file, options)));
  program
    .command("restore <file>")
    .description("check a backup, and have it take the place of the data folder's content at the next start")
    .action((file: string) => withSession((run) => restoreFrom(run, file)));
  program
    .command("doctor")
    .description("what runs here, what is missing, and how to get it")
    .action(async () => {
      exitCode = await doctor(io, globals().json, dataFolder(), open);
    });

  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (io.signal.aborted) return EXIT.interrupted;
    if (globals().json) await printJson(io, { error: failureBody(error) });
    say(io, failureText(error));
    return EXIT.failed;
  }
}
