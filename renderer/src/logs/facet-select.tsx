import { CheckIcon, Combobox, InputBase, useCombobox } from "@mantine/core";
import { formatCount } from "../lib/format.ts";
import { t } from "../lib/i18n/i18n.ts";
import classes from "./filter-bar.module.css";

interface Option {
  value: string;
  label: string;
  /** Lines that have it, beside the other filters; undefined while they are counted. */
  count: number | undefined;
}

interface Props {
  label: string;
  placeholder: string;
  width: number;
  options: readonly Option[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Several values of one field, each with how many lines it has. */
export function FacetSelect({ label, placeholder, width, options, chosen, onChange }: Props) {
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const shown = options.filter(({ value }) => chosen.includes(value)).map((option) => option.label);
  const toggle = (value: string) =>
    onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <Combobox
      store={combobox}
      position="bottom-start"
      width={Math.max(width, 220)}
      onOptionSubmit={(value) => (value === "" ? onChange([]) : toggle(value))}
    >
      <Combobox.Target withExpandedAttribute targetType="button">
        <InputBase
          w={width}
          aria-label={label}
          readOnly
          pointer
          placeholder={placeholder}
          value={shown.join(", ")}
          title={shown.join(", ")}
          rightSection={<Combobox.Chevron />}
          rightSectionPointerEvents="none"
          onClick={() => combobox.toggleDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={280} style={{ overflowY: "auto" }} aria-label={label}>
          {options.map(({ value, label: name, count }) => (
            <Combobox.Option
              key={value}
              value={value}
              active={chosen.includes(value)}
              aria-label={name}
              aria-selected={chosen.includes(value)}
              aria-description={count === undefined ? undefined : linesOf(count)}
            >
              <span className={classes.option}>
                <span className={classes.tick}>{chosen.includes(value) && <CheckIcon size={11} />}</span>
                <span className={classes.name}>{name}</span>
                <span className={classes.count}>{count === undefined ? "" : formatCount(count)}</span>
              </span>
            </Combobox.Option>
          ))}
          {chosen.length > 0 && (
            <Combobox.Option value="" className={classes.all ?? ""}>
              {placeholder}
            </Combobox.Option>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

export const linesOf = (count: number): string => t("{count, plural, one {# line} other {# lines}}", { count });
