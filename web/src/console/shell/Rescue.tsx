// Catches what a page could not handle itself, so that the frame stays and says so.
// It does not know what broke.
import { Component, type ReactNode } from "react";

interface Props {
  show: (error: unknown) => ReactNode;
  children: ReactNode;
}

export class Rescue extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : this.props.show(this.state.error);
  }
}
