import { t } from "../lib/i18n/i18n.ts";

/** What the frame of a crop and its handles are called by screen readers; the library has English alone. */
export function cropWords() {
  return {
    cropArea: t("What stays of the picture; the arrow keys move it"),
    nwDragHandle: t("Upper left corner"),
    nDragHandle: t("Upper edge"),
    neDragHandle: t("Upper right corner"),
    eDragHandle: t("Right edge"),
    seDragHandle: t("Lower right corner"),
    sDragHandle: t("Lower edge"),
    swDragHandle: t("Lower left corner"),
    wDragHandle: t("Left edge"),
  };
}
