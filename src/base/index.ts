export * from "./bytes.js";
export * from "./error.js";
export * from "./json.js";
export * from "./keys.js";
export * from "./random.js";
