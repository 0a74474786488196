// Where the console starts: words, dress and desk are put on, then the sign-in or the frame is drawn.
// It knows the order of these, and nothing of what they do.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../shared/tokens.css";
import "./console.css";
import { Desk } from "./shell/Desk";
import { SessionProvider } from "./shell/session";
import { ThemeProvider } from "./shell/theme";
import { LanguageProvider } from "./words/language";

const place = document.getElementById("console");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <LanguageProvider>
        <ThemeProvider>
          <SessionProvider>
            <Desk />
          </SessionProvider>
        </ThemeProvider>
      </LanguageProvider>
    </StrictMode>,
  );
}
