import { describe, expect, it } from "vitest";
import { conformance, type Subject } from "../src/conformance/index.js";
import { memoryStorage } from "../src/index.js";

const subject: Subject = { storage: async (options) => memoryStorage(options), durable: false };

conformance("memory", subject, { describe, it, expect });
