/** Evaluates the part of MapLibre's expressions that our styles use: get, zoom, coalesce, match, step, interpolate. */

export type Value = string | number | boolean | null | undefined;
export type Properties = Readonly<Record<string, unknown>>;
export type Evaluate = (zoom: number, properties: Properties) => Value;

const NAME_ORDER = ["fr", "en", "ar"];

/** The keys that may hold a name, best first, in the language of the page. */
export function nameKeys(language: string): string[] {
  return [language, ...NAME_ORDER.filter((other) => other !== language)].map((code) => `name_${code}`);
}

/** The first name that is not empty, or undefined. */
export function nameOf(properties: Properties, language: string): string | undefined {
  const key = nameKeys(language).find((candidate) => properties[candidate]);
  return key && String(properties[key]);
}

/** Throws an Error that names the operator when an expression is not one of ours. `["get", "name"]` is the name in `language`. */
export function compile(expression: unknown, language: string): Evaluate {
  if (!Array.isArray(expression)) return constant(expression as Value);
  const [operator, ...operands] = expression as [unknown, ...unknown[]];
  switch (operator) {
    case "get":
      return get(String(operands[0]), language);
    case "zoom":
      return (zoom) => zoom;
    case "coalesce":
      return coalesce(operands.map((operand) => compile(operand, language)));
    case "match":
      return match(operands, language);
    case "step":
      return step(operands, language);
    case "interpolate":
      return interpolate(operands, language);
    default:
      throw new Error(`Style expression "${String(operator)}" is not supported; use get, match, step or interpolate.`);
  }
}

function constant(value: Value): Evaluate {
  return () => value;
}

function get(key: string, language: string): Evaluate {
  if (key === "name") return (_zoom, properties) => nameOf(properties, language);
  return (_zoom, properties) => properties[key] as Value;
}

function coalesce(operands: Evaluate[]): Evaluate {
  return (zoom, properties) => {
    for (const operand of operands) {
      const value = operand(zoom, properties);
      if (value !== null && value !== undefined) return value;
    }
    return undefined;
  };
}

function match(operands: unknown[], language: string): Evaluate {
  const input = compile(operands[0], language);
  const fallback = compile(operands.at(-1), language);
  const outputs = new Map<Value, Evaluate>();
  for (let i = 1; i < operands.length - 1; i += 2) {
    const output = compile(operands[i + 1], language);
    for (const label of [operands[i]].flat()) outputs.set(label as Value, output);
  }
  return (zoom, properties) => (outputs.get(input(zoom, properties)) ?? fallback)(zoom, properties);
}

interface Stop {
  at: number;
  output: Evaluate;
}

function stopsOf(operands: unknown[], language: string): Stop[] {
  const stops: Stop[] = [];
  for (let i = 0; i < operands.length - 1; i += 2) {
    stops.push({ at: Number(operands[i]), output: compile(operands[i + 1], language) });
  }
  return stops;
}

/** Undefined where the input is not a number, so that "no data" is drawn as such and not as the lowest class. */
function step(operands: unknown[], language: string): Evaluate {
  const input = compile(operands[0], language);
  const lowest = compile(operands[1], language);
  const stops = stopsOf(operands.slice(2), language);
  return (zoom, properties) => {
    const value = input(zoom, properties);
    if (typeof value !== "number") return undefined;
    const reached = stops.findLast((stop) => value >= stop.at);
    return (reached?.output ?? lowest)(zoom, properties);
  };
}

function interpolate(operands: unknown[], language: string): Evaluate {
  const [kind, base] = operands[0] as [string, number?];
  if (kind !== "linear" && kind !== "exponential") throw new Error(`Interpolation "${kind}" is not supported; use linear.`);
  const input = compile(operands[1], language);
  const stops = stopsOf(operands.slice(2), language);
  return (zoom, properties) => {
    const value = input(zoom, properties);
    if (typeof value !== "number") return undefined;
    const upper = stops.findIndex((stop) => value < stop.at);
    if (upper <= 0) return (upper === 0 ? stops[0] : stops.at(-1))?.output(zoom, properties);
    const [low, high] = [stops[upper - 1] as Stop, stops[upper] as Stop];
    const share = progress(value, low.at, high.at, kind === "linear" ? 1 : (base ?? 1));
    const [from, to] = [Number(low.output(zoom, properties)), Number(high.output(zoom, properties))];
    return from + share * (to - from);
  };
}

function progress(value: number, low: number, high: number, base: number): number {
  if (base === 1) return (value - low) / (high - low);
  return (base ** (value - low) - 1) / (base ** (high - low) - 1);
}
