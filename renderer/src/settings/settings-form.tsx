import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Settings } from "../../../shared/contract/system.ts";
import { t } from "../lib/i18n/i18n.ts";
import { toProblem } from "../lib/problem.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { api } from "../lib/queries.ts";
import { EncoderChoice } from "./encoder-choice.tsx";
import { invalid, settingGroups, valueAt } from "./fields.ts";
import { refusedAt } from "./refused.ts";
import { SettingGroupCard } from "./setting-group.tsx";
import { SettingHead } from "./setting-head.tsx";
import { SettingInput } from "./setting-input.tsx";
import classes from "./settings-page.module.css";

const GROUPS = settingGroups();

export function SettingsForm({ settings }: { settings: Settings }) {
  const [changes, setChanges] = useState<Record<string, unknown>>({});
  const queries = useQueryClient();
  // Where they can't be listed (a server that is away), the name can still be typed.
  const encoders = useQuery(api.system.encoders.queryOptions());
  const save = useMutation(
    api.system.updateSettings.mutationOptions({
      onSuccess: (saved) => {
        queries.setQueryData(api.system.settings.queryKey(), saved);
        setChanges({});
        const restart = saved.restart.length > 0 ? t(" Some apply at the next start.") : "";
        notifications.show({ message: `${t("The settings are saved.")}${restart}`, color: "pine" });
      },
    }),
  );
  const refused = refusedAt(save.error);
  const errors = { ...refused, ...invalid(changes) };
  const count = Object.keys(changes).length;
  const change = (path: string, value: unknown) => {
    save.reset();
    setChanges((now) => {
      const { [path]: _, ...others } = now;
      const same = JSON.stringify(value) === JSON.stringify(valueAt(settings.config, path));
      return same ? others : { ...others, [path]: value };
    });
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (count > 0 && Object.keys(errors).length === 0) save.mutate({ changes });
      }}
    >
      {GROUPS.map((group) => (
        <SettingGroupCard
          key={group.name}
          group={group}
          waiting={group.fields.filter((field) => settings.restart.includes(field.path)).length}
        >
          {group.fields.map((field) => {
            const fixed = settings.fixed.includes(field.path);
            const id = `setting-${field.path}`;
            const value = field.path in changes ? changes[field.path] : valueAt(settings.config, field.path);
            const choosesEncoder = field.path === encoders.data?.setting;
            return (
              <div key={field.path} className={classes.row} data-wide={choosesEncoder || undefined}>
                <SettingHead
                  id={id}
                  field={field}
                  settings={settings}
                  value={value}
                  onReset={(next) => change(field.path, next)}
                />
                {encoders.data !== undefined && choosesEncoder ? (
                  <EncoderChoice
                    id={id}
                    encoders={encoders.data}
                    value={String(value)}
                    disabled={fixed}
                    onChange={(name) => change(field.path, name)}
                  />
                ) : (
                  <SettingInput
                    id={id}
                    field={field}
                    value={value}
                    disabled={fixed}
                    error={errors[field.path]}
                    onChange={(next) => change(field.path, next)}
                  />
                )}
              </div>
            );
          })}
        </SettingGroupCard>
      ))}
      {save.error !== null && Object.keys(refused).length === 0 && <ProblemNote problem={toProblem(save.error)} />}
      {count > 0 && (
        <div className={classes.save}>
          <Button type="submit" loading={save.isPending} disabled={Object.keys(errors).length > 0}>
            {t("{count, plural, one {Save the change} other {Save # changes}}", { count })}
          </Button>
          <Button
            variant="default"
            onClick={() => {
              save.reset();
              setChanges({});
            }}
          >
            {t("Discard")}
          </Button>
        </div>
      )}
    </form>
  );
}
