// OpenID Connect Session Management 1.0, section 3.1: tells the app that frames this page whether whoever is signed in is
// still the one of its session_state. Without the cookie nobody can know: "error", after which an app asks no more, where
// "changed" would have it ask for ever in a browser that keeps the cookie from frames.
const prefix = `${document.currentScript.dataset.cookie}=`;
const embedder = location.ancestorOrigins?.[0] ?? (document.referrer && new URL(document.referrer).origin);

async function digest(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function verdict(message, origin) {
  const [, client, hash, salt] = /^(.+) ([\w-]{43})\.([\w-]+)$/.exec(message) ?? [];
  const state = document.cookie.split("; ").find(cookie => cookie.startsWith(prefix))?.slice(prefix.length);
  if (!client || !state) return "error";
  return await digest(`${client} ${origin} ${state} ${salt}`) === hash ? "unchanged" : "changed";
}

addEventListener("message", async event => {
  // "The OP iframe MUST enforce that the caller has the same origin as its parent frame."
  if (event.origin !== embedder || event.origin === "null") return;
  event.source.postMessage(await verdict(String(event.data), event.origin), event.origin);
});
