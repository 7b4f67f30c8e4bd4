// What a traveller should know of each leg, in both languages.
const LEG_WORDS = {
  ja: { platform: (name) => (/^\d+$/.test(name) ? `${name}番のりば` : name), seated: "そのまま乗車", tight: (min) => `乗換時間がわずか（余裕${min}分）`, change: (min) => `乗換${min}分`,
        missed: "乗り遅れたとき", missedNone: "乗り遅れると、この先の便はありません", arrives: (time, late) => `${time}着（${late}遅い）`,
        others: "ほかの便", bikes: (n) => `自転車${n}台`, docks: (n) => `空きドック${n}`, range: (km) => `電池 残り約${km} km`, spaces: (n) => `駐車${n}台`,
        delay: (min) => `${min}分遅れ`, ahead: (min) => `${min}分早い`, onTime: "定刻", crowding: "混雑", call: (time) => `${time}までに連絡`,
        stops: (n) => `途中${n}停`, fares: "運賃の内訳", rough: "時刻は目安", headway: (min) => `約${min}分ごと`, steps: "道順",
        phone: "乗車は電話予約", driver: "乗車は運転手に申し出る" },
  en: { platform: (name) => `platform ${name}`, seated: "stay seated", tight: (min) => `tight change (${min} min to spare)`, change: (min) => `${min} min to change`,
        missed: "If you miss it", missedNone: "If you miss it there is no later way on", arrives: (time, late) => `arrives ${time} (${late} later)`,
        others: "Other departures", bikes: (n) => (n === 1 ? "1 bike" : `${n} bikes`), docks: (n) => (n === 1 ? "1 free dock" : `${n} free docks`), range: (km) => `battery for ${km} km`, spaces: (n) => `${n} parking spaces`,
        delay: (min) => `${min} min late`, ahead: (min) => `${min} min early`, onTime: "on time", crowding: "crowding", call: (time) => `call by ${time}`,
        stops: (n) => (n === 1 ? "1 stop between" : `${n} stops between`), fares: "Fares", rough: "times are approximate", headway: (min) => `every ${min} min or so`, steps: "Way",
        phone: "phone ahead to board", driver: "ask the driver to board" },
};
const TAGS = { ja: { fast: "早", cheap: "安", easy: "楽", preferred: "希望" }, en: { fast: "fast", cheap: "cheap", easy: "easy", preferred: "preferred" } };
const CROWDING = {
  ja: { empty: "空いている", many_seats_available: "空席多数", few_seats_available: "空席わずか", standing_room_only: "立席のみ", crushed_standing_room_only: "大混雑", full: "満員", not_accepting_passengers: "乗車不可" },
  en: {},
};
const legWords = () => LEG_WORDS[tongue()];
const minutesOf = (seconds) => Math.round(seconds / 60);

function note(text, kind = "note") {
  return element("div", text, { class: kind });
}

function tags(itinerary) {
  const row = element("div", null, { class: "tags" });
  row.append(...itinerary.tags.map((tag) => element("span", TAGS[tongue()][tag] || tag, { class: `tag ${tag}` })));
  return row;
}

function delayText(seconds) {
  const minutes = minutesOf(seconds);
  if (minutes === 0) return legWords().onTime;
  return minutes > 0 ? legWords().delay(minutes) : legWords().ahead(-minutes);
}

function crowdingText({ status, percent }) {
  const known = status && (CROWDING[tongue()][status] || status.replaceAll("_", " "));
  return [`${legWords().crowding}:`, known, percent !== null && `${percent} %`].filter(Boolean).join(" ");
}

// An alert in the language of the page, else in any it is told in.
const spoken = (texts) => (texts ? texts[tongue()] || texts[""] || Object.values(texts)[0] : "");

const FACTS = [
  (leg) => leg.stay_seated && legWords().seated,
  (leg) => leg.departure_delay_s !== undefined && delayText(leg.departure_delay_s),
  (leg) => leg.stops && leg.stops.length > 2 && legWords().stops(leg.stops.length - 2),
  (leg) => leg.seats_left !== undefined && leg.seats_left < 20 && words().seats(leg.seats_left),
  (leg) => leg.bikes_available !== undefined && legWords().bikes(leg.bikes_available),
  (leg) => leg.docks_available !== undefined && legWords().docks(leg.docks_available),
  (leg) => leg.range_m && legWords().range((leg.range_m / 1000).toFixed(0)),
  (leg) => leg.spaces !== undefined && legWords().spaces(leg.spaces),
  (leg) => leg.call_by && legWords().call(clock(leg.call_by)),
  (leg) => leg.boarding && legWords()[leg.boarding],
  (leg) => (leg.headway_s ? legWords().headway(minutesOf(leg.headway_s)) : leg.is_approximate && legWords().rough),
  (leg) => leg.occupancy && crowdingText(leg.occupancy),
  (leg) => leg.price && money(leg.price),
];

function changeNote({ available_s: available, needed_s: needed, is_tight: isTight }) {
  if (isTight) return note(`⚠ ${legWords().tight(minutesOf(available - needed))}`, "warning");
  return note(legWords().change(minutesOf(available)));
}

function missedNote(missed) {
  if (!missed) return note(legWords().missedNone);
  const rides = missed.legs.filter((leg) => leg.line).map((leg) => `${clock(leg.departure)} ${leg.line}`);
  return note(`${legWords().missed}: ${rides.join(" → ")} ${legWords().arrives(clockAfter(missed.legs[0].departure, missed.arrival), duration(missed.later_s))}`);
}

function more(title, lines) {
  const box = element("details");
  const rows = element("ul");
  rows.append(...lines.map((line) => element("li", line)));
  box.append(element("summary", title), rows);
  return box;
}

function legNotes(leg) {
  const notes = [];
  if (leg.change) notes.push(changeNote(leg.change));
  const facts = FACTS.map((fact) => fact(leg)).filter(Boolean);
  if (facts.length) notes.push(note(facts.join(" · ")));
  for (const alert of leg.alerts || []) notes.push(note(`⚠ ${spoken(alert.header)} ${spoken(alert.description)}`, "warning"));
  for (const barrier of leg.barriers || []) notes.push(note(`♿ ${reasonText(barrier)}`, "warning"));
  if (leg.if_missed !== undefined) notes.push(missedNote(leg.if_missed));
  const others = leg.other_departures && [...leg.other_departures.earlier, ...leg.other_departures.later];
  if (others?.length) notes.push(more(legWords().others, others.map((one) => `${clock(one.departure)} → ${clockAfter(one.departure, one.arrival)} ${one.line}`)));
  if (leg.steps?.some((step) => step.street))
    notes.push(more(legWords().steps, leg.steps.filter((step) => step.street).map((step) => `${step.street} ${step.distance_m} m`)));
  return notes;
}

const spotText = (time, { name, platform }) => `${time} ${name}${platform ? ` [${legWords().platform(platform)}]` : ""}`;

function legItem(leg) {
  const mode = MODES[tongue()][leg.mode] || leg.mode;
  const item = element("li");
  const line = element("div", `${spotText(clock(leg.departure), leg.from)} → ${spotText(clockAfter(leg.departure, leg.arrival), leg.to)}`, { class: "leg" });
  const what = [mode, leg.line || leg.operator, leg.headsign && `(${leg.headsign})`, leg.mode === "walk" && `${leg.distance_m} m`];
  item.append(element("div", what.filter(Boolean).join(" "), { class: "ride" }), line, ...legNotes(leg));
  return item;
}

// What each kind of rider pays by each medium, where feeds tell several.
function fares(itinerary) {
  if (itinerary.prices.length < 2) return null;
  const line = (offer) => {
    const who = [offer.rider_name || offer.rider, offer.medium_name || offer.medium].filter(Boolean).join(", ");
    const products = offer.products.map((product) => product.name).filter(Boolean).join(" + ");
    return [who, money(offer), products && `(${products})`].filter(Boolean).join(" ");
  };
  return more(legWords().fares, itinerary.prices.map(line));
}
