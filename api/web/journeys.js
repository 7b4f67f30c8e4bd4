// The search form: places as they are typed, journeys as a list, and a button that books one.
const WORDS = {
  ja: { searching: "検索中…", none: "経路が見つかりません", transfers: (n) => (n ? `乗換${n}回` : "乗換なし"), walk: "徒歩", seats: (n) => `空席${n}`,
        book: "予約", booked: (id) => `予約しました（${id}）`, cancel: "取消", cancelled: "取り消しました", unknown: "運賃不明", minutes: "分", hours: "時間",
        earlier: "前の便", later: "後の便", days: (n) => (n === 1 ? "翌日" : `${n}日後`) },
  en: { searching: "Searching …", none: "No journey was found", transfers: (n) => (n === 1 ? "1 change" : n ? `${n} changes` : "direct"), walk: "walk", seats: (n) => `${n} seats left`,
        book: "Book", booked: (id) => `Booked (${id})`, cancel: "Cancel", cancelled: "Cancelled", unknown: "price unknown", minutes: "min", hours: "h",
        earlier: "Earlier", later: "Later", days: (n) => (n === 1 ? "next day" : `${n} days later`) },
};
const MODES = {
  ja: { walk: "徒歩", taxi: "タクシー", drt: "デマンド交通", bus: "バス", coach: "高速バス", tram: "路面電車", subway: "地下鉄", rail: "鉄道", ferry: "フェリー", cable: "ロープウェイ", funicular: "ケーブルカー", bike: "自転車", shared_bike: "シェアサイクル", car: "自家用車", air: "飛行機" },
  en: { drt: "on demand", cable: "cable car", shared_bike: "shared bike" },
};
const OWN = ["bike", "car"]; // taken only by who says that there is one
const words = () => WORDS[tongue()];
const QUIET = new Set(["synthetic", "region_notice", "mode_not_here"]); // the head shows two; the page names all modes
const clock = (time) => time.slice(11, 16);

// A time of day, with how many days after another one it is.
function clockAfter(first, time) {
  const days = Math.round((Date.parse(time.slice(0, 10)) - Date.parse(first.slice(0, 10))) / 86_400_000);
  return days ? `${clock(time)} ${words().days(days)}` : clock(time);
}

function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  const rest = `${minutes % 60}${words().minutes}`;
  return minutes < 60 ? rest : `${Math.floor(minutes / 60)}${words().hours}${rest}`;
}

function money({ amount, currency }) {
  return new Intl.NumberFormat(tongue(), { style: "currency", currency }).format(amount);
}

const price = (itinerary) => (itinerary.price ? money(itinerary.price) : words().unknown);

async function send(method, path, body, headers = {}) {
  const answer = await fetch(path, {
    method, body: body && JSON.stringify(body), headers: { ...(body && { "Content-Type": "application/json" }), ...headers },
  });
  return { ok: answer.ok, document: await answer.json() };
}

const tell = (text) => { document.getElementById("status").textContent = text; };

function bookButton(itinerary) {
  const button = element("button", words().book, { type: "button" });
  const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
  let booking = null;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const { ok, document: answer } = booking
      ? await send("DELETE", `/v1/bookings/${booking}`)
      : await send("POST", "/v1/bookings", { offer: itinerary.offer.id }, { "Idempotency-Key": key });
    if (!ok) tell(`${(tongue() === "ja" && answer.title_ja) || answer.title}: ${answer.detail}`);
    else if (booking) { tell(words().cancelled); return; }
    else { booking = answer.id; button.textContent = words().cancel; tell(words().booked(answer.id)); }
    button.disabled = false;
  });
  return button;
}

function card(itinerary) {
  const item = element("li");
  const date = itinerary.departure.slice(0, 10);
  item.append(tags(itinerary));
  item.append(element("div", `${clock(itinerary.departure)} → ${clockAfter(itinerary.departure, itinerary.arrival)}  (${date}, ${duration(itinerary.duration_s)})`, { class: "times" }));
  const facts = [price(itinerary), words().transfers(itinerary.transfers), `${words().walk} ${itinerary.walk_m} m`, `CO₂ ${(itinerary.co2_g / 1000).toFixed(1)} kg`];
  item.append(element("div", facts.join(" · "), { class: "facts" }));
  const legs = element("ol");
  legs.append(...itinerary.legs.map(legItem));
  item.append(legs, ...[fares(itinerary)].filter(Boolean));
  if (itinerary.offer) item.append(bookButton(itinerary));
  return item;
}

function reasonText(reason) {
  return (tongue() === "ja" && reason.message_ja) || reason.message;
}

const list = document.getElementById("itineraries");

function pageButton(query, name, cursors) {
  const button = element("button", words()[name], { type: "button" });
  button.addEventListener("click", () => ask({ ...query, cursor: cursors[name] }));
  return button;
}

async function ask(query) {
  list.replaceChildren();
  const pages = document.getElementById("pages");
  pages.replaceChildren();
  tell(words().searching);
  const { ok, document: answer } = await send("POST", "/v1/journeys", query);
  if (!ok) return tell(`${(tongue() === "ja" && answer.title_ja) || answer.title}: ${answer.detail}`);
  const told = answer.notices.filter((notice) => !QUIET.has(notice.code)).map(reasonText);
  const none = `${words().none}: ${answer.reasons.map(reasonText).join(" ")}`;
  tell([...(answer.itineraries.length ? [] : [none]), ...told].join(" "));
  list.replaceChildren(...answer.itineraries.map(card));
  pages.replaceChildren(...(answer.cursors ? ["earlier", "later"].filter((name) => answer.cursors[name]).map((name) => pageButton(query, name, answer.cursors)) : []));
  document.getElementById("co2").textContent = answer.itineraries.length ? `CO₂: ${answer.co2_source}` : "";
}

async function search(event) {
  event.preventDefault();
  const form = new FormData(event.target);
  history.replaceState(null, "", `?${new URLSearchParams(form)}`);
  await ask({
    from: form.get("from"), to: form.get("to"), at: form.get("at"),
    arrive_by: Boolean(form.get("arrive_by")), party: Number(form.get("party")), lang: tongue(), details: true,
    ...(form.get("wheelchair") && { wheelchair: form.get("wheelchair") }),
    ...(form.get("own") && { modes: Object.keys(MODES.ja).filter((mode) => mode === form.get("own") || !OWN.includes(mode)) }),
  });
}

let typing = 0;
async function suggest(event) {
  const text = event.target.value.trim();
  const mine = ++typing;
  if (!text) return;
  await new Promise((resolve) => setTimeout(resolve, 120));
  if (mine !== typing) return;
  const { places } = await (await fetch(`/v1/places?q=${encodeURIComponent(text)}`)).json();
  if (mine !== typing) return;
  const options = places.map((place) => element("option", `${place.name_en} ${place.stop_id}`, { value: place.name }));
  document.getElementById("places").replaceChildren(...options);
}

// The address holds the search, so that it can be kept and shared.
const form = document.getElementById("journey");
form.addEventListener("submit", search);
for (const field of ["from", "to"]) form.elements[field].addEventListener("input", suggest);
const asked = new URLSearchParams(location.search);
for (const [name, value] of asked) if (form.elements[name]) form.elements[name].value = value;

versionRead.then(({ region }) => {
  if (!form.elements.at.value) {
    const now = new Intl.DateTimeFormat("sv-SE", { timeZone: region.timezone, dateStyle: "short", timeStyle: "short" })
      .format(new Date()).replace(" ", "T");
    const day = now.slice(0, 10);
    form.elements.at.value = day < region.first_date || day > region.last_date ? `${region.first_date}T09:00` : now;
  }
  form.elements.at.min = `${region.first_date}T00:00`;
  form.elements.at.max = `${region.last_date}T23:59`;
  if (asked.get("from") && asked.get("to")) form.requestSubmit();
});
