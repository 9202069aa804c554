"use strict";

// The desk's page: everything it does is a call of the API in docs/desk.md.

const texts = {
  ja: {
    desk: "デスク", kiosk: "キオスク端末", dark: "端末は止まっています。まもなく起動します。",
    cards: "カードリーダー", cards_say: "テスト用カードを選ぶと、リーダーに置かれます。暗証番号はどのカードも 1234 です。",
    empty_pad: "ここにカードを置きます", remove: "カードを取る",
    coins: "お金", coins_say: "硬貨を押すと、投入口に入ります。", return_tray: "返却口", take_coins: "硬貨を取る",
    lever: "返却レバー", inside: "機械の中の硬貨", nothing: "空です",
    escrow: "一時保留", hoppers: "釣銭", cash_box: "金庫", flying: "落下中", total: "合計",
    paper: "印刷された証明書", paper_say: "出てきた用紙を押すと、大きく見られます。裏返すこともできます。",
    no_paper: "まだ何も出ていません", take_paper: "用紙を取る", hand: "手元の用紙",
    front: "おもて", back: "うら", turn: "裏返す", zoom: "拡大・縮小", close: "閉じる", blank: "（白紙）",
    clerk: "店員",
    clerk_say: "鍵を回すと、機械に残った硬貨を取り出し、店員の呼び出しを終えます。保守の鍵は、紙や本人が合わずに止まった端末も動かします。開けて作業する間は、誰も受け付けません。",
    key_clerk: "店員の鍵を回す", key_service: "保守の鍵を回す", key_open: "鍵で開けて作業する",
    opened: "作業中です。鍵をもう一度回すと、受付に戻ります。", verdict: "出てきた用紙はどうですか",
    refund: "返すお金を払う", refund_say: "鍵で開けると、画面に受取番号が並びます。受取コードと店員1名、または店員2名のIDで払います。",
    refund_slip: "受取番号", refund_code: "受取コード", refund_staff: "店員のID（1〜2名、コンマ区切り）", refund_from: "出どころ",
    refund_machine: "機械の硬貨", refund_custody: "機械から取り出した硬貨を手渡し", refund_cash: "店のお金を手渡し",
    refund_off: "払わずに償却（2名）", refund_do: "払う",
    say_good: "全部そろっている", say_none: "使える用紙はない", cleared_nothing: "直すものはありませんでした",
    cleared: { reader: "カードリーダー", renewed: "新しく始めた記録", stop: "紙や本人が合わない", staff: "店員の呼び出し", "late-coin": "遅れて落ちた硬貨",
      coin: "硬貨の機械", journal: "記録", printer: "プリンター" },
    log: "できごと", try: "いろいろ試す", try_say: "電源を切る、止める、時計を進める。端末がどう答えるかを見てください。",
    on: "入れる", off: "切る", kill: "強制終了", freeze: "固まらせる", thaw: "動かす",
    fault: "硬貨の機械の障害", add_fault: "起こす", end_fault: "除く", lasting: "除くまで続く", one_of: "どれか一つを入れる",
    stuck: "引っかかった硬貨", pulled: "引き上げられた硬貨",
    clock: "時計のずれ", day: "＋1日", hour: "＋1時間", now: "元に戻す",
    not_built: "この部分は、まだ作られていません。",
    part: { kioskd: "キオスク", coin: "硬貨の機械", printer: "プリンター", reader: "カードリーダー",
      centerd: "証明書交付センター", issuerd: "証明発行サーバ", ocsp: "失効確認サーバ" },
    what: { "card.insert": "カードを置いた", "card.remove": "カードを取った", "coin.insert": "硬貨を入れた（円）",
      "coin.take": "硬貨を取った（円）", "coin.lever": "返却レバーを押した", "paper.take": "用紙を取った（枚）",
      screen: "画面", outcome: "取引の結果", power: "電源", clock: "時計", "fault.add": "障害を起こした",
      "fault.remove": "障害を除いた", bench: "デスク", staff: "鍵を回した", "staff.done": "鍵で終わったこと：", refund: "返金", "refund.done": "払った金額／残り：",
      refused: "できません：" },
    guide: {
      absent: "端末が起動するのを待っています。",
      Attract: "左の画面に触れて始めます。クリックが指の代わりです。",
      Consent: "画面の説明を読み、同意するボタンを押します。", Language: "画面でことばを選びます。",
      Scope: "画面で、どこの証明書が要るかを選びます。",
      PlaceCard: "① テスト用カードを1枚選んで、リーダーに置きます。",
      ReadingCard: "カードを読んでいます。置いたままにします。", LastTry: "画面の注意を読みます。",
      EnterPIN: "画面で暗証番号 1234 を押します。", Authenticating: "本人を確認しています。カードはそのままにします。",
      RemoveCard: "① カードを取ります。", Holder: "画面に出た人でよければ、進みます。",
      SelectCertificate: "画面で証明書を選びます。", SelectDetails: "画面で記載事項を選びます。",
      SelectMembers: "画面で人を選びます。", Copies: "画面で部数を選びます。", Confirm: "内容を確かめて、申し込みます。",
      Requesting: "市町村が証明書を作っています。", Checking: "届いた証明書を調べています。",
      shut: "投入口が開くのを待っています。", Pay: "② 料金になるまで硬貨を入れます。", Settling: "硬貨を数えています。", Printing: "印刷しています。",
      GivingChange: "② お釣りが返却口に出ます。取ってください。", TakePaper: "③ 用紙を取り、画面でも受け取ったことを答えます。",
      Finish: "終わりです。画面で終了を選びます。", Returning: "② 硬貨が返却口に戻ります。取ってください。",
      Refused: "画面に理由と、次にすることが出ています。", StaffNeeded: "④ 店員の番です。用紙がどうかを答えるか、鍵を回します。",
      SlipWaits: "お返しする金額の番号が出ています。「番号を控えました」を押すか、店員が鍵を回します。",
      Wiping: "個人の情報を消しています。", OutOfService: "端末は休止しています。④の鍵か、下の「いろいろ試す」で直せます。",
      ServiceClosed: "受付時間の外です。時計を進めてみてください。",
      PlaceAgain: "① さっきと同じカードを、もう一度リーダーに置きます。", ReadingAgain: "同じカードか確かめています。置いたままにします。",
      Maintenance: "④ 店員が作業中です。終わったら、店員の鍵を回します。",
      GiveBack: "② 途切れた取引の硬貨です。画面で受け取るか、そのままにします。",
      HonsekiRegister: "画面で利用登録を申し込みます。", HonsekiRegistered: "画面の申請番号を控えます。",
    },
  },
  en: {
    desk: "desk", kiosk: "The kiosk", dark: "The kiosk is not running. It starts again by itself.",
    cards: "Card reader", cards_say: "Choose a test card: it is put on the reader. The PIN of every card is 1234.",
    empty_pad: "A card goes here", remove: "Take the card",
    coins: "Money", coins_say: "Press a coin to drop it into the slot.", return_tray: "Return tray", take_coins: "Take the coins",
    lever: "Return lever", inside: "Coins inside the machine", nothing: "empty",
    escrow: "Escrow", hoppers: "Change", cash_box: "Cash box", flying: "Falling", total: "Sum",
    paper: "Printed certificates", paper_say: "Press a sheet to see it large. You can turn it over.",
    no_paper: "Nothing has come out yet", take_paper: "Take the paper", hand: "In your hand",
    front: "Front", back: "Back", turn: "Turn over", zoom: "Zoom", close: "Close", blank: "(blank)",
    clerk: "The clerk",
    clerk_say: "A turn of the key takes out coins that stayed in the machine and ends calls for staff. The service key also ends a stop after pages or a person did not match. While it is open, nobody is served.",
    key_clerk: "Turn the clerk’s key", key_service: "Turn the service key", key_open: "Open it and work inside",
    opened: "Somebody works inside. Another turn of the key serves residents again.", verdict: "What about the sheets that came out?",
    refund: "Pay what is owed", refund_say: "While the machine is open, the screen lists the numbers. Pay against the code with one of the staff, or on the word of two.",
    refund_slip: "Claim no.", refund_code: "Code", refund_staff: "Staff ids (1 or 2, with a comma)", refund_from: "Paid from",
    refund_machine: "the machine’s coins", refund_custody: "by hand: coins taken out of the machine", refund_cash: "by hand: the shop’s cash",
    refund_off: "nobody: written off by two", refund_do: "Pay",
    say_good: "All there and good", say_none: "No usable sheet", cleared_nothing: "there was nothing to end",
    cleared: { reader: "card reader", renewed: "records begun anew", stop: "pages or person did not match", staff: "call for staff", "late-coin": "late coin",
      coin: "coin vendor", journal: "journal", printer: "printer" },
    log: "What happened", try: "Make things fail", try_say: "Switch off, freeze, move the clock, and see what the kiosk says.",
    on: "on", off: "off", kill: "kill", freeze: "freeze", thaw: "thaw",
    fault: "Faults of the coin vendor", add_fault: "Make it happen", end_fault: "End it", lasting: "until it is ended", one_of: "fill in exactly one",
    stuck: "Stuck", pulled: "Pulled out again",
    clock: "Clock moved by", day: "+1 day", hour: "+1 hour", now: "reset",
    not_built: "This part is not built yet.",
    part: { kioskd: "Kiosk", coin: "Coin vendor", printer: "Printer", reader: "Card reader",
      centerd: "Centre", issuerd: "Issuing server", ocsp: "OCSP responder" },
    what: { "card.insert": "Card put on", "card.remove": "Card taken", "coin.insert": "Coin dropped, ¥",
      "coin.take": "Coins taken, ¥", "coin.lever": "Return lever", "paper.take": "Sheets taken:",
      screen: "Screen", outcome: "Visit ended:", power: "Power:", clock: "Clock:", "fault.add": "Fault added:",
      "fault.remove": "Fault removed:", bench: "Desk:", staff: "Key turned:", "staff.done": "The key ended:", refund: "Refund:", "refund.done": "Paid / still owed:",
      refused: "Not possible:" },
    guide: {
      absent: "Waiting for the kiosk to start.",
      Attract: "Touch the screen on the left to begin. A click is a finger.",
      Consent: "Read what the screen says and agree.", Language: "Choose a language on the screen.",
      Scope: "Choose on the screen which municipality's certificate you need.",
      PlaceCard: "① Choose a test card; it is put on the reader.",
      ReadingCard: "The card is being read. Leave it there.", LastTry: "Read the warning on the screen.",
      EnterPIN: "Touch the PIN 1234 on the screen.", Authenticating: "Checking who you are. Leave the card there.",
      RemoveCard: "① Take the card.", Holder: "If the screen shows the right person, go on.",
      SelectCertificate: "Choose a certificate on the screen.", SelectDetails: "Choose what it shall show.",
      SelectMembers: "Choose the people.", Copies: "Choose how many copies.", Confirm: "Check everything and apply.",
      Requesting: "The municipality is making the certificate.", Checking: "The certificate is being checked.",
      shut: "Waiting for the coin slot to open.", Pay: "② Drop coins until the price is reached.", Settling: "Counting the coins.", Printing: "Printing.",
      GivingChange: "② Change comes into the return tray. Take it.", TakePaper: "③ Take the paper, and say on the screen that you have it.",
      Finish: "Done. Choose “finish” on the screen.", Returning: "② Your coins come back. Take them.",
      Refused: "The screen says why, and what to do next.", StaffNeeded: "④ The clerk’s turn: say what came of the sheets, or turn the key.",
      SlipWaits: "The number of what is owed is shown. Touch its button, or the clerk turns the key.",
      Wiping: "Personal data are being erased.", OutOfService: "Out of service. A key at ④ or “Make things fail” can mend it.",
      ServiceClosed: "Outside service hours. Try moving the clock.",
      PlaceAgain: "① Put the same card on the reader once more.", ReadingAgain: "Checking that it is the same card. Leave it there.",
      Maintenance: "④ A clerk works inside. Turn the clerk’s key when that is done.",
      GiveBack: "② These coins are of a visit that was cut off. Take them on the screen, or leave them.",
      HonsekiRegister: "Apply for the registration on the screen.", HonsekiRegistered: "Write down the number on the screen.",
    },
  },
};

const wantedBox = {
  PlaceCard: "box-cards", ReadingCard: "box-cards", Authenticating: "box-cards", RemoveCard: "box-cards",
  PlaceAgain: "box-cards", ReadingAgain: "box-cards",
  Pay: "box-coins", GivingChange: "box-coins", Returning: "box-coins", TakePaper: "box-paper",
  StaffNeeded: "box-clerk", OutOfService: "box-clerk", Maintenance: "box-clerk", GiveBack: "box-coins",
};

const $ = (id) => document.getElementById(id);
const make = (tag, attributes = {}, ...children) => {
  const e = Object.assign(document.createElement(tag), attributes);
  e.append(...children);
  return e;
};

let lang = localStorage.getItem("lang") || (navigator.language.startsWith("ja") ? "ja" : "en");
let state = null;
let cards = [];
let sheets = [];
const held = []; // sheets taken from the tray: object URLs of their pictures
const t = (key) => texts[lang][key];

async function call(method, path, body) {
  const answer = await fetch(path, {
    method, headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body),
  });
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(value.message || answer.statusText), value);
  return value;
}

let toastTimer;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 5000);
}

// act calls the API for a person's deed and says plainly when it is refused.
async function act(path, body) {
  try {
    return await call("POST", path, body || {});
  } catch (e) {
    const text = e.code === "not_built_yet" ? t("not_built") : `${e.message}${e.hint ? "  →  " + e.hint : ""}`;
    toast(text);
    note("refused", text);
    return null;
  }
}

// ---- the live screen

let frameBusy = false;
let frameAgain = false;
let frameTag = "";
let panel = null; // the panel in its own pixels, once a frame was shown
async function refreshFrame() {
  if (frameBusy) { frameAgain = true; return; }
  frameBusy = true;
  try {
    const answer = await fetch("/api/screen.png", { headers: frameTag ? { "If-None-Match": frameTag } : {} });
    if (answer.status === 200) {
      const [old, next] = [$("screen").src, new Image()];
      next.src = URL.createObjectURL(await answer.blob());
      await next.decode(); // so that a press never falls between two pictures
      panel = { width: next.naturalWidth, height: next.naturalHeight };
      $("screen").src = next.src;
      if (old) URL.revokeObjectURL(old);
      frameTag = answer.headers.get("ETag") || "";
    }
    $("panel").classList.toggle("lit", answer.ok || answer.status === 304);
  } catch { $("panel").classList.remove("lit"); }
  frameBusy = false;
  if (frameAgain) { frameAgain = false; refreshFrame(); }
}

let fingers = Promise.resolve();
function pointer(phase, event) {
  const box = $("screen").getBoundingClientRect();
  if (!panel) return;
  const clamp = (v, max) => Math.max(0, Math.min(max - 1, Math.round(v)));
  const x = clamp((event.clientX - box.left) / box.width * panel.width, panel.width);
  const y = clamp((event.clientY - box.top) / box.height * panel.height, panel.height);
  const body = { device: "finger", phase, finger: 1, x, y };
  fingers = fingers.then(() => call("POST", "/api/pointer", body)).catch((e) => toast(e.message));
  fingers.then(refreshFrame); // beside the touches, which wait for no picture
  if (phase === "up") setTimeout(refreshFrame, 150); // what the kiosk made of it
}
let pressed = false;
$("panel").addEventListener("pointerdown", (e) => {
  if (e.button !== 0 || pressed) return;
  pressed = true;
  $("panel").setPointerCapture(e.pointerId);
  pointer("down", e);
  e.preventDefault();
});
const lift = (e) => { if (pressed) { pressed = false; pointer("up", e); } };
$("panel").addEventListener("pointerup", lift);
$("panel").addEventListener("pointercancel", lift);

// ---- cards

function cardFace(card, tag) {
  const odd = card.state !== "good";
  return make(tag, { className: "card" + (odd ? " odd" : ""), title: card.id },
    card.what[lang] || card.what.en, make("small", { textContent: card.id }));
}

function drawCards() {
  const here = state?.devices.reader?.card || "";
  $("cards").replaceChildren(...cards.map((card) => {
    const face = cardFace(card, "button");
    face.type = "button";
    face.classList.toggle("here", card.id === here);
    face.setAttribute("aria-disabled", String(here !== ""));
    face.onclick = () => { if (!here) act("/api/card/insert", { card: card.id }); };
    return face;
  }));
  const card = cards.find((c) => c.id === here);
  $("pad").replaceChildren(card ? cardFace(card, "div") : t("empty_pad"));
  $("reader").classList.toggle("full", Boolean(here));
  $("remove").disabled = !here;
}
$("remove").onclick = () => act("/api/card/remove");

// ---- coins

const kinds = [10, 50, 100, 500];
function coinFace(yen, tag) { return make(tag, { className: `coin c${yen}`, textContent: yen }); }

function drawCoins() {
  const trays = state?.devices.coin;
  $("purse").replaceChildren(...kinds.map((yen) => {
    const face = coinFace(yen, "button");
    face.type = "button";
    face.disabled = !trays;
    face.setAttribute("aria-label", `¥${yen}`);
    face.onclick = () => act("/api/coin/insert", { yen });
    return face;
  }));
  const back = Object.entries(trays?.return_tray || {}).filter(([, n]) => n > 0);
  const sum = back.reduce((a, [yen, n]) => a + yen * n, 0);
  $("return").replaceChildren(...(back.length ? back.flatMap(([yen, n]) => Array.from({ length: Math.min(n, 30) },
    () => coinFace(Number(yen), "span"))).concat(` ¥${sum}`) : [trays ? t("nothing") : t("not_built")]));
  $("take-coins").disabled = !back.length;
  $("lever").disabled = !trays;
  drawInside(trays);
}
$("take-coins").onclick = () => act("/api/coin/take");
$("lever").onclick = () => act("/api/coin/lever");

function drawInside(trays) {
  const rows = ["flying", "escrow", "hoppers", "cash_box", "stuck", "pulled"].map((place) => {
    const coins = trays?.[place] || {};
    const sum = Object.entries(coins).reduce((a, [yen, n]) => a + yen * n, 0);
    return make("tr", {}, make("th", { textContent: t(place) }),
      ...kinds.map((yen) => make("td", { textContent: coins[yen] || 0 })), make("td", { textContent: `¥${sum}` }));
  });
  const head = make("tr", {}, make("th"), ...kinds.map((yen) => make("th", { textContent: `¥${yen}` })),
    make("th", { textContent: t("total") }));
  $("inside").replaceChildren(head, ...rows);
}

// ---- paper

function sheetFace(sheet) {
  const face = make("button", { className: "sheet", type: "button" });
  face.setAttribute("aria-label", `${t("paper")} ${sheet.id}`);
  face.append(make("img", { src: sheet.front_preview || sheet.front, alt: "" }));
  face.onclick = () => view(sheet);
  return face;
}

async function drawSheets() {
  const ids = (state?.devices.printer?.sheets || []).join();
  if (state?.devices.printer && ids !== sheets.map((s) => s.id).join()) {
    sheets = (await call("GET", "/api/printer/sheets")).sheets;
  }
  const none = state?.devices.printer ? t("no_paper") : t("not_built");
  $("sheets").replaceChildren(...(sheets.length ? sheets.map(sheetFace) : [none]));
  $("take-paper").disabled = !sheets.length;
  $("hand").hidden = !held.length;
  $("held").replaceChildren(...held.map(sheetFace));
}

// keep copies a sheet's pictures, so that it can be looked at after it was taken from the tray.
async function keep(sheet) {
  const copy = { id: sheet.id };
  for (const side of ["front", "back", "front_preview", "back_preview"]) {
    if (sheet[side]) copy[side] = URL.createObjectURL(await (await fetch(sheet[side])).blob());
  }
  return copy;
}
$("take-paper").onclick = async () => {
  const taken = await Promise.all(sheets.map(keep));
  if (await act("/api/paper/take")) { held.push(...taken); drawSheets(); }
};

// ---- the clerk

async function turn(key, says) {
  const waited = state?.session === "StaffNeeded"; // then the screen shows what came of it
  const done = await act("/api/staff", says ? { key, says } : { key });
  if (!done || waited) return;
  if (says === "open") {
    note("staff.done", t("opened"));
    return;
  }
  const names = done.cleared.map((fault) => t("cleared")[fault] || fault);
  note("staff.done", names.join(lang === "ja" ? "、" : ", ") || t("cleared_nothing"));
}
$("key-clerk").onclick = () => turn("clerk");
$("key-service").onclick = () => turn("service");
$("key-open").onclick = () => turn("clerk", "open");
$("say-good").onclick = () => turn("clerk", "good");
$("say-none").onclick = () => turn("clerk", "none");

$("refund").onsubmit = async (e) => {
  e.preventDefault();
  const ask = { key: "clerk", slip: $("refund-slip").value.trim(), from: $("refund-from").value,
    staff: $("refund-staff").value.split(/[\s,]+/).filter(Boolean).slice(0, 2) };
  if ($("refund-code").value.trim()) ask.code = $("refund-code").value.trim();
  const done = await act("/api/refund", ask);
  $("refund-code").value = "";
  if (done) note("refund.done", `¥${done.paid} / ¥${done.left}${done.why ? " · " + done.why : ""}`);
};

let viewed = null;
let side = "front";
function drawViewer() {
  $("viewer-side").textContent = t(side) + (viewed[side] ? "" : t("blank"));
  if (viewed[side]) $("viewer-img").src = viewed[side]; else $("viewer-img").removeAttribute("src");
}
function view(sheet) {
  viewed = sheet;
  side = "front";
  drawViewer();
  $("viewer").showModal();
}
$("turn").onclick = () => { side = side === "front" ? "back" : "front"; drawViewer(); };
$("zoom").onclick = () => document.querySelector(".paper").classList.toggle("big");
$("close").onclick = () => $("viewer").close();

// ---- log and experiments

let lastLine = 0;
const lines = [];
async function refreshLog() {
  const fresh = (await call("GET", `/api/log?after=${lastLine}`)).lines;
  if (!fresh.length) return;
  lastLine = fresh.at(-1).n;
  lines.push(...fresh);
  drawLog();
}
// note adds a line of the page's own: what the desk answered.
function note(what, text) {
  lines.push({ at: new Date().toISOString(), what, text });
  drawLog();
}
function drawLog() {
  $("log").replaceChildren(...lines.slice(-120).reverse().map((line) => {
    const what = texts[lang].what[line.what] || line.what;
    return make("li", {}, make("time", { textContent: new Date(line.at).toLocaleTimeString(lang) }),
      `${what} ${line.text}`.trim());
  }));
}

const processes = ["kioskd", "centerd", "issuerd", "ocsp"];
function drawSwitches() {
  const power = state?.devices.power || {};
  $("switches").replaceChildren(...Object.keys(power).sort().map((what) => {
    const on = power[what] === "on";
    const choices = on ? ["off"] : power[what] === "frozen" ? ["thaw"] : ["on"];
    if (on && processes.includes(what)) choices.push("kill", "freeze");
    return make("div", {}, make("b", { textContent: t("part")[what] || what }), ...choices.map((choice) =>
      make("button", { type: "button", className: "quiet", textContent: t(choice),
        onclick: () => act("/api/power", { what, do: choice }) })));
  }));
}
for (const button of document.querySelectorAll("[data-clock]")) {
  const ms = Number(button.dataset.clock);
  button.onclick = () => act("/api/clock", { offset_ms: ms ? (state?.clock_offset_ms || 0) + ms : 0 });
}

// ---- faults of the coin vendor, as the table of its simulator says

let faultKinds = [];
let faults = {};
const word = (words) => words?.[lang] || "";
const chosenKind = () => faultKinds.find((k) => k.do === $("fault-kind").value) || faultKinds[0];

function drawFaultKinds() {
  const chosen = $("fault-kind").value;
  $("fault-kind").replaceChildren(...faultKinds.map((k) =>
    make("option", { value: k.do, textContent: `${word(k.words)}${k.lasting ? `（${t("lasting")}）` : ""}` })));
  if (chosen) $("fault-kind").value = chosen;
  $("fault").hidden = !faultKinds.length;
  drawFaultParams();
}
// field is the way to give one parameter: a choice where only some values make sense, else a number or bytes.
function field(p) {
  if (p.of) {
    const choice = make("select", { name: p.name, required: !!p.must });
    const values = p.must ? p.of : ["", ...p.of];
    choice.append(...values.map((v) => make("option", { value: v, textContent: v === "" ? "—" : v })));
    return choice;
  }
  if (p.text) return make("input", { name: p.name, type: "text", required: !!p.must, placeholder: "41540D" });
  return make("input", { name: p.name, type: "number", required: !!p.must, min: p.least,
    max: p.most, placeholder: p.usual ? String(p.usual) : `${p.least}–${p.most}` });
}
function drawFaultParams() {
  const kind = chosenKind();
  const rows = (kind?.takes || []).map((p) => make("label", {}, `${word(p.words)} (${p.name})`, field(p)));
  if (kind?.one_of) rows.push(make("small", { textContent: `${t("one_of")}: ${kind.one_of.join(", ")}` }));
  $("fault-params").replaceChildren(...rows);
}
$("fault-kind").onchange = drawFaultParams;
$("fault").onsubmit = async (event) => {
  event.preventDefault();
  const fault = { do: $("fault-kind").value };
  for (const input of $("fault-params").querySelectorAll("[name]")) {
    if (input.value !== "") fault[input.name] = input.type === "text" ? input.value : Number(input.value);
  }
  if (await act("/api/fault", { part: "coin", fault })) refreshFaults();
};

async function refreshFaults() {
  if (!faultKinds.length) return;
  faults = (await call("GET", "/api/faults")).faults;
  drawFaults();
}
function drawFaults() {
  const mine = Object.entries(faults).filter(([id]) => id.startsWith("coin-"));
  $("faults").replaceChildren(...mine.map(([id, fault]) => {
    const kind = faultKinds.find((k) => k.do === fault.do);
    const rest = Object.entries(fault).filter(([name]) => name !== "do").map(([name, v]) => `${name} ${v}`).join(", ");
    const end = make("button", { type: "button", className: "quiet", textContent: t("end_fault") });
    end.onclick = async () => {
      await call("DELETE", `/api/fault/${id}`).catch((e) => toast(e.message));
      refreshFaults();
    };
    return make("li", {}, `${word(kind?.words) || fault.do}${rest ? ` (${rest})` : ""}`, end);
  }));
}

// ---- everything

function drawGuide() {
  const session = state?.kioskd === "running" ? state.session : "absent";
  const shut = session === "Pay" && !state.money.accepting;
  $("guide").textContent = texts[lang].guide[shut ? "shut" : session] || state?.screen || "";
  for (const box of document.querySelectorAll(".box")) box.classList.toggle("wanted", box.id === wantedBox[session]);
  $("state").textContent = state?.kioskd === "running" ? state.session : "—";
  $("lamp").classList.toggle("on", state?.kioskd === "running");
  $("screen").alt = state?.session || "";
  $("key-open").disabled = session === "Maintenance";
  $("box-refund").hidden = session !== "Maintenance";
  $("verdict").hidden = session !== "StaffNeeded" || !(state.money.held || !state.money.price); // sheets are at stake
  const seconds = Math.round((state?.clock_offset_ms || 0) / 1000);
  $("clock").textContent = `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
}

function draw() {
  document.documentElement.lang = lang;
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
  for (const b of document.querySelectorAll("[data-lang]")) b.setAttribute("aria-pressed", String(b.dataset.lang === lang));
  drawGuide();
  drawCards();
  drawCoins();
  drawSheets();
  drawSwitches();
  drawFaultKinds();
  drawFaults();
  drawLog();
}
for (const b of document.querySelectorAll("[data-lang]")) {
  b.onclick = () => { lang = b.dataset.lang; localStorage.setItem("lang", lang); draw(); };
}

let shown = {};
// update redraws only what changed, so that a press is never lost to a redraw.
function update(next) {
  const part = (s) => ({ card: s?.devices.reader?.card, coin: JSON.stringify(s?.devices.coin),
    sheets: JSON.stringify(s?.devices.printer), power: JSON.stringify(s?.devices.power),
    frame: `${s?.boot} ${s?.entered} ${s?.generation} ${s?.kioskd} ${JSON.stringify(s?.money)}` });
  const now = part(next);
  state = next;
  drawGuide();
  if (now.card !== shown.card) drawCards();
  if (now.coin !== shown.coin) { drawCoins(); refreshFaults(); }
  if (now.sheets !== shown.sheets) drawSheets();
  if (now.power !== shown.power) drawSwitches();
  if (now.frame !== shown.frame) refreshFrame();
  shown = now;
}

async function follow() {
  let revision = 0;
  for (;;) {
    try {
      const next = await call("GET", `/api/state?after=${revision}&wait=25`);
      revision = next.revision;
      update(next);
      await refreshLog();
    } catch {
      revision = 0;
      await new Promise((wait) => setTimeout(wait, 1000));
    }
  }
}

draw();
call("GET", "/api/cards").then((all) => { cards = all.cards; drawCards(); }).catch(() => {});
call("GET", "/api/fault/kinds").then((all) => {
  faultKinds = all.kinds.coin || [];
  drawFaultKinds();
  return refreshFaults();
}).catch(() => {});
follow();
setInterval(refreshFrame, 1000); // animations of a screen have no revision
