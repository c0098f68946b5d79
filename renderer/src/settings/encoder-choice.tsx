import { Loader, Select } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { EncoderChoices } from "../../../shared/contract/system.ts";
import { t } from "../lib/i18n/i18n.ts";
import { Rich } from "../lib/i18n/rich.tsx";
import { toProblem } from "../lib/problem.ts";
import { api } from "../lib/queries.ts";
import { factsOf, meaningOf } from "./encoder-words.ts";
import classes from "./settings-page.module.css";

interface Props {
  id: string;
  encoders: EncoderChoices;
  value: string;
  disabled: boolean;
  onChange: (name: string) => void;
}

/** The encoders that are there. One that is picked is tried first: an engine whose encoder fails would not start. */
export function EncoderChoice({ id, encoders: { choices, folder }, value, disabled, onChange }: Props) {
  const trial = useMutation(api.system.tryEncoder.mutationOptions({ onSuccess: ({ name }) => onChange(name) }));
  const picked = trial.isPending ? trial.variables.name : value;
  const facts = new Map(choices.map((choice) => [choice.name, factsOf(choice)]));
  const known = facts.has(picked) ? [] : [{ value: picked, label: picked, disabled: true }];
  const tried = trial.data?.name === value ? trial.data : undefined;
  return (
    <div className={classes.encoder}>
      <Select
        id={id}
        size="sm"
        allowDeselect={false}
        disabled={disabled || trial.isPending}
        data={[...choices.map(({ name, fault }) => ({ value: name, label: name, disabled: fault !== null })), ...known]}
        value={picked}
        error={trial.isError ? toProblem(trial.error).message : undefined}
        rightSection={trial.isPending ? <Loader size={14} aria-hidden /> : undefined}
        renderOption={({ option }) => (
          <div className={classes.option}>
            {option.label}
            <span className={classes.help}>{facts.get(option.value)}</span>
          </div>
        )}
        onChange={(name) => {
          if (name !== null && name !== value) trial.mutate({ name });
        }}
      />
      <p className={classes.help}>{facts.get(picked) ?? t("It is not there now.")}</p>
      <p className={classes.help} role="status">
        {trial.isPending && t("Trying it on a few products…")}
        {tried !== undefined && meaningOf(tried)}
      </p>
      {folder !== null && (
        <p className={classes.help}>
          <Rich
            id="Others are put into <0>{folder}</0>, as <1>python -m shelfmatch_triton export</1> writes them."
            parts={[<code key="0" />, <code key="1" />]}
            values={{ folder }}
          />
        </p>
      )}
    </div>
  );
}
