const [url, body] = process.argv.slice(2);
const answer = await fetch(url, { method: "POST", body });
const text = await answer.text();
if (!answer.ok) throw new Error(`${answer.status}: ${text}`);
console.log(text);
