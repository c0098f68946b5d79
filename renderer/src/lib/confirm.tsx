import { Button, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { IconPlayerStop } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "./i18n/i18n.ts";

interface Props {
  /** On the button. */
  label: string;
  /** For who listens, where the label alone would be one of many. */
  ariaLabel?: string;
  icon?: typeof IconPlayerStop;
  disabled?: boolean;
  primary?: boolean;
  compact?: boolean;
  title: string;
  confirm: string;
  keep: string;
  children: ReactNode;
  onConfirm: () => void;
}

/** A button that asks before it does something that others notice. */
export function Confirm(props: Props) {
  const { label, ariaLabel, icon: Icon, disabled = false, primary = false, compact = false, title, children } = props;
  const [asked, ask] = useDisclosure(false);
  return (
    <>
      <Button
        variant={primary ? "filled" : "default"}
        {...(compact ? { size: "compact-sm" } : {})}
        {...(ariaLabel === undefined ? {} : { "aria-label": ariaLabel })}
        {...(Icon === undefined ? {} : { leftSection: <Icon size={16} /> })}
        disabled={disabled}
        onClick={ask.open}
      >
        {label}
      </Button>
      <Modal opened={asked} onClose={ask.close} title={title} centered closeButtonProps={{ "aria-label": t("Close") }}>
        <Text size="sm" component="div">
          {children}
        </Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={ask.close} data-autofocus>
            {props.keep}
          </Button>
          <Button
            onClick={() => {
              ask.close();
              props.onConfirm();
            }}
          >
            {props.confirm}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
