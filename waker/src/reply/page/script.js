(() => {
  "use strict";
  const page = JSON.parse(document.getElementById("settings").textContent);
  const element = (id) => document.getElementById(id);
  const say = (id, text) => {
    const found = element(id);
    // What is said again would be read out again.
    if (found && found.textContent !== text) found.textContent = text;
  };
  const started = performance.now();
  let known = { elapsed: page.elapsed, eta: page.eta, at: started };
  let failures = 0;
  let polls = 0;
  let over = false;

  const time = () => {
    if (over || known.elapsed === null) return;
    const passed = (performance.now() - known.at) / 1000;
    const left = known.eta === null ? 0 : known.eta - passed;
    const minutes = left >= 90;
    const text = minutes ? page.texts.left_minutes : page.texts.left_seconds;
    const rest = left <= 0 ? page.texts.longer : text.replace("{n}", Math.ceil(minutes ? left / 60 : left));
    say("time", page.texts.elapsed.replace("{n}", Math.round(known.elapsed + passed)) + " · " + rest);
    element("bar").setAttribute("aria-valuetext", rest);
  };

  const fill = (percent) => {
    if (!element("bar")) return;
    element("bar").setAttribute("aria-valuenow", percent);
    element("fill").style.width = percent + "%";
  };

  const show = (status) => {
    const image = status.steps.some((step) => step.step === "image" && step.state === "active");
    say("sentence", page.phases[image ? "pulling_image" : status.phase] || page.phases.looking);
    if (!element("steps")) return;
    fill(status.progress);
    known = { elapsed: status.elapsed_seconds, eta: status.eta_seconds, at: performance.now() };
    const items = status.steps.map((step) => {
      const item = document.createElement("li");
      item.className = step.state;
      for (const [text, name] of [[page.steps[step.step], ""], [page.states[step.state], "state"]]) {
        const part = document.createElement("span");
        part.textContent = text;
        if (name) part.className = name;
        item.append(part, " ");
      }
      return item;
    });
    element("steps").replaceChildren(...items);
  };

  const offer = (text) => {
    const again = element("again");
    again.hidden = false;
    again.firstElementChild.textContent = text;
  };

  // A reload keeps the fragment and adds nothing to the history. A form is sent again only by
  // a person, whom the browser asks to confirm it.
  const reload = () => {
    over = true;
    if (page.send_again) offer(page.send_again);
    else location.reload();
  };

  const arrive = () => {
    over = true;
    document.title = page.ready;
    say("heading", page.ready);
    element("icon").href = page.icon;
    fill(100);
    setTimeout(reload, 0);
  };

  // A page that somebody left open wakes nothing by itself.
  const rest = () => {
    over = true;
    say("sentence", page.texts.asleep_again);
    offer(page.texts.wake);
  };

  const ask = async (url, method) => {
    const headers = { accept: "application/json" };
    const signal = AbortSignal.timeout ? AbortSignal.timeout(20000) : undefined;
    const answer = await fetch(url, { method, headers, signal, cache: "no-store", credentials: "same-origin" });
    if (answer.headers.has("x-reveille-state")) return answer.json();
    // It is not the waker that answers: the application, or a load balancer without it.
    if (answer.status < 500) return { state: "awake" };
    throw new Error("status " + answer.status);
  };

  const follow = async (status, first) => {
    const waits = page.kind === "waiting";
    if (status.state === "awake") arrive();
    else if (status.state === "waking" && !waits) reload();
    else if (status.state === "failed" && waits) reload();
    else if (waits && (status.state === "asleep" || status.state === "falling_asleep")) rest();
    else if (status.state === "waking") {
      show(status);
      // Its next step waits for a visitor, and looking at the status takes none.
      if (status.due && first) await follow(await ask(page.wake, "POST"), false);
    }
  };

  const delay = () => {
    if (failures > 0) return Math.min(15000, 1000 * 2 ** Math.min(failures, 4));
    if (page.kind === "failed") return Math.min(120000, 15000 * 2 ** Math.min(polls, 3));
    if (page.kind !== "waiting") return Math.min(30000, 5000 * 2 ** Math.min(polls, 3));
    if (document.hidden) return 5000;
    const age = performance.now() - started;
    return age < 60000 ? 1000 : age < 180000 ? 2000 : 5000;
  };

  const poll = async () => {
    // Whoever waits in another tab wants to see its title change; nobody else does.
    if (!document.hidden || page.kind === "waiting") {
      try {
        await follow(await ask(page.status, "GET"), true);
        failures = 0;
      } catch {
        failures += 1;
        if (failures > 2) say("sentence", page.texts.offline);
      }
      polls += 1;
    }
    if (!over) setTimeout(poll, delay());
  };

  if (page.kind === "refused") return;
  setTimeout(poll, delay());
  setInterval(time, 1000);
  time();
  const again = element("again");
  again.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  const form = element("form");
  if (form && !element("token")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.querySelector("button").disabled = true;
      ask(form.action, "POST").then(reload, () => form.submit());
    });
  }
})();
