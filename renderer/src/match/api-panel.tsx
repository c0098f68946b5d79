import { Anchor, Group, SegmentedControl, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Config } from "../../../shared/config.ts";
import { apiAddress } from "../lib/client.ts";
import { CopyTextButton } from "../lib/copy-button.tsx";
import { desktop } from "../lib/desktop.ts";
import { t } from "../lib/i18n/i18n.ts";
import { api } from "../lib/queries.ts";
import classes from "./api-panel.module.css";
import { curlSnippet, typescriptSnippet } from "./api-snippet.ts";
import type { Question } from "./question.ts";

type Language = "curl" | "typescript";

/** Whether callers must send a token. */
function isGuarded(server?: Config["server"]): boolean {
  return server !== undefined && (server.token !== null || server.tokenFile !== null);
}

/** This very request, for a program. */
export function ApiPanel({ question }: { question: Question }) {
  const [language, setLanguage] = useState<Language>("curl");
  const settings = useQuery(api.system.settings.queryOptions());
  const request = {
    address: apiAddress(),
    picture: question.photo?.file.name ?? null,
    text: question.text.trim(),
    region: question.region,
    guarded: desktop !== null || isGuarded(settings.data?.config.server),
  };
  const code = language === "curl" ? curlSnippet(request) : typescriptSnippet(request);
  return (
    <div className={classes.api}>
      <Group justify="space-between" gap="xs">
        <SegmentedControl<Language>
          size="xs"
          aria-label={t("Language of the example")}
          data={[
            { value: "curl", label: "curl" },
            { value: "typescript", label: "TypeScript" },
          ]}
          value={language}
          onChange={setLanguage}
        />
        <CopyTextButton text={code} />
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it. */}
      <pre className={classes.code} data-testid="api-snippet" tabIndex={0}>
        {code}
      </pre>
      <Text size="xs" c="dimmed">
        {t("Run it where the picture lies")}
        {question.photo !== null && (
          <>
            {" ("}
            <Anchor href={question.photo.url} download={question.photo.file.name} size="xs" underline="always">
              {t("save {file}", { file: question.photo.file.name })}
            </Anchor>
            )
          </>
        )}
        .{" "}
        {desktop === null ? (
          <>
            {t("Everything else:")}{" "}
            <Anchor href="/api/docs" target="_blank" size="xs" underline="always">
              /api/docs
            </Anchor>
          </>
        ) : (
          t("Address and token of the running app are in engine.json, in the data folder; both change at each start.")
        )}
      </Text>
    </div>
  );
}
