// Language and ground (light, dark): on every screen of the console, signed in or not.
// They know nothing of the page around them.
import { Icon } from "../parts/icons";
import { useLanguage, useWords } from "../words/language";
import { useDress } from "./theme";
import { words } from "./shell.words";

export function Tools() {
  const t = useWords(words);
  const { language, speak } = useLanguage();
  const { ground, wear } = useDress();
  return (
    <div className="tools">
      <button type="button" lang={language === "zh" ? "en" : "zh-CN"} onClick={() => speak(language === "zh" ? "en" : "zh")}>
        {t.speak}
      </button>
      <button type="button" onClick={() => wear(ground === "dark" ? "light" : "dark")}>
        <Icon name={ground === "dark" ? "sun" : "moon"} />
        {ground === "dark" ? t.light : t.dark}
      </button>
    </div>
  );
}
