// What all pages share: the language, the region's name, its notice and where its data come from.
const root = document.documentElement;
const tongue = () => root.dataset.lang;

function speak(lang) {
  root.dataset.lang = lang;
  root.lang = lang;
  localStorage.setItem("lang", lang);
  const button = document.getElementById("language");
  button.textContent = lang === "ja" ? "English" : "日本語";
  button.lang = lang === "ja" ? "en" : "ja";
  for (const option of document.querySelectorAll("option[data-ja]")) option.textContent = option.dataset[lang];
  document.dispatchEvent(new Event("language"));
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const versionRead = fetch("/version").then((answer) => answer.json()); // whoever comes late gets it too

async function showVersion() {
  const version = await versionRead;
  const show = () => {
    const ja = tongue() === "ja";
    const title = document.getElementById("region");
    if (title) title.textContent = (ja && version.region.name_ja) || version.region.name;
    const notice = document.getElementById("notice");
    notice.textContent = (ja && version.region.notice_ja) || version.region.notice;
    notice.hidden = !notice.textContent;
  };
  document.addEventListener("language", show);
  show();
  const sources = document.getElementById("sources");
  for (const source of sources ? version.sources : [])
    sources.append(element("li", [source.id, source.attribution, source.licence].filter(Boolean).join(" — ")));
}

document.getElementById("language").hidden = false;
document.getElementById("language").addEventListener("click", () => speak(tongue() === "ja" ? "en" : "ja"));
speak(localStorage.getItem("lang") || (navigator.language.startsWith("ja") ? "ja" : "en"));
showVersion();
