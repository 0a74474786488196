// Lays the rows of a table one under the other on a narrow window, each value beside the head of its column (console.css).
// It does not know what is listed.
import type { TableProps } from "antd";
import { isValidElement, type ReactNode } from "react";

type Columns<T> = NonNullable<TableProps<T>["columns"]>;

/** The same columns, each of whose cells carries the words of its head; a head that is drawn for nobody is left out. */
export function stacked<T>(columns: Columns<T>): Columns<T> {
  return columns.map((column) => {
    const head = column.title as ReactNode;
    const label = typeof head === "string" && !isValidElement(head) ? head : "";
    return { ...column, onCell: () => ({ "data-head": label }) as React.TdHTMLAttributes<HTMLElement> };
  });
}
