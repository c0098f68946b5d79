import { Badge } from "@mantine/core";
import type { Container } from "../../../shared/contract/stack.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./stack-page.module.css";
import { containerWords } from "./words.ts";

export function ContainerList({ containers }: { containers: readonly Container[] }) {
  return (
    <>
      <h3 className={classes.minorTitle} id="stack-containers">
        {t("Containers")}
      </h3>
      <ul className={classes.plain} aria-labelledby="stack-containers">
        {containers.map((container) => {
          const { label, color } = containerWords(container);
          return (
            <li key={container.service} className={classes.container}>
              <code>{container.service}</code>
              <Badge variant="light" color={color} tt="none" fw={550} size="sm">
                {label}
              </Badge>
            </li>
          );
        })}
      </ul>
    </>
  );
}
