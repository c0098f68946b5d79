import { IconBoxSeam, IconCpu, IconHome, IconVectorTriangle } from "@tabler/icons-react";
import type { StackStatus } from "../../../shared/contract/stack.ts";
import { msg, t } from "../lib/i18n/i18n.ts";
import classes from "./stack-page.module.css";

const SERVICES = [
  { icon: IconCpu, name: "Triton", does: msg("runs the models, on a GPU where there is one") },
  { icon: IconVectorTriangle, name: "Qdrant", does: msg("keeps the vectors and searches them") },
  { icon: IconBoxSeam, name: "MongoDB", does: msg("keeps products, pictures and the journal") },
];

/** The embedded profile: nothing to look after, and what the stack would be for. */
export function InsideTheApp({ docker }: Pick<StackStatus, "docker">) {
  return (
    <section className={classes.card} aria-labelledby="stack-inside">
      <div className={classes.insideHead}>
        <IconHome size={22} stroke={1.6} aria-hidden />
        <h2 id="stack-inside" className={classes.cardTitle}>
          {t("Everything runs inside the app")}
        </h2>
      </div>
      <p className={classes.text}>
        {t(
          "Models, vectors, catalogue and journal are part of Shelfmatch: there is nothing to install and nothing to look after. For one desk this is all that is needed.",
        )}
      </p>
      <h3 className={classes.minorTitle}>{t("What the stack is for")}</h3>
      <p className={classes.text}>
        {t(
          "Several desks on one catalogue, very large catalogues, or a GPU. Each part then runs on a service of its own:",
        )}
      </p>
      <ul className={classes.plain}>
        {SERVICES.map(({ icon: Icon, name, does }) => (
          <li key={name} className={classes.iconLine}>
            <Icon size={18} stroke={1.6} aria-hidden />
            <span>
              <strong>{name}</strong> {t(does)}
            </span>
          </li>
        ))}
      </ul>
      <h3 className={classes.minorTitle}>{t("How to get there")}</h3>
      <ol className={classes.steps}>
        {docker.state !== "ready" && <li>{t("Install and start Docker, as the box “Docker” says.")}</li>}
        <li>{t("Start the services. The first time, Docker fetches several gigabytes.")}</li>
        <li>{t("Move to the stack: the catalogue is copied and the copy checked. What is here stays here.")}</li>
        <li>{t("Restart Shelfmatch. The same way leads back.")}</li>
      </ol>
    </section>
  );
}
