const LONGEST_WAIT = 15000; // milliseconds

/**
 * Asks the library, one question at a time: a new one takes the place of one that is not answered yet.
 *
 * What comes of it is the body of the answer; undefined where another question came after; or what went wrong, as
 * { problem: the status, 0 where the browser is offline, wait: the seconds of Retry-After }. No header is sent that
 * would make the browser ask for leave before, and nothing that says who asks.
 */
export const asking = (library) => {
  let latest;
  return async (path, parameters) => {
    latest?.abort();
    latest = undefined;
    if (!path) return;
    const mine = (latest = new AbortController());
    const clock = setTimeout(() => mine.abort(), LONGEST_WAIT);
    let found;
    try {
      const answer = await fetch(`${library}api/v1/${path}?${new URLSearchParams(parameters)}`, {
        signal: mine.signal,
        credentials: "omit",
        referrerPolicy: "strict-origin",
      });
      found = answer.ok ? await answer.json() : { problem: answer.status, wait: answer.headers.get("Retry-After") };
    } catch {
      found = { problem: navigator.onLine ? 503 : 0 };
    }
    clearTimeout(clock);
    return mine === latest ? found : undefined;
  };
};
