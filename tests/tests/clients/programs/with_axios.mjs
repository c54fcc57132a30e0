import { createRequire } from "node:module";

// The folder in which it is installed comes first.
const [packages, url, body] = process.argv.slice(2);
const axios = createRequire(`${packages}/`)("axios");
const answer = await axios.post(url, body, { responseType: "text" });
console.log(answer.data);
