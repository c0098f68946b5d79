import { Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { client, exampleUrl } from "../lib/client.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { api } from "../lib/queries.ts";
import { showPicture } from "./actions.ts";
import classes from "./examples.module.css";

async function tryExample(name: string): Promise<void> {
  try {
    showPicture(await client.match.example({ name }));
  } catch (error) {
    const problem = toProblem(error);
    notifications.show({ title: problem.code, message: problem.message, color: "red" });
  }
}

/** Photos to try, one click each. */
export function Examples() {
  const { data, isPending } = useQuery(api.match.examples.queryOptions({ staleTime: Number.POSITIVE_INFINITY }));
  if (isPending) return <Skeleton className={classes.skeleton ?? ""} height={56} />;
  if (data === undefined || data.length === 0) return null;
  return (
    <div className={classes.examples}>
      <h2 className={classes.title}>{t("Try one of these")}</h2>
      <ul className={classes.list}>
        {data.map((example) => (
          <li key={example.name}>
            <button
              type="button"
              className={classes.example}
              title={example.title}
              aria-label={t("Try: {title}", { title: example.title })}
              onClick={() => void tryExample(example.name)}
            >
              <img src={exampleUrl(example.name)} alt="" loading="lazy" decoding="async" draggable={false} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
