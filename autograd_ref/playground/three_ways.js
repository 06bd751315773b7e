// Three Ways Down: one formula, three ways to its derivative, always in step.
//
// All of the playground's mathematics, and its picture. No dependency, no network, no
// word of English: strings come in as an argument. The rules below are the one second
// copy of `autograd_ref/ops.py`; a test holds the two together to the last digits.

export const LIMITS = { length: 1000, depth: 60, inputs: 12 };
export const MISTAKES = [
  "overwrite", "breadth", "seed", "input", "zero", "float32", "smallh",
];
export const MODES = ["forward", "reverse", "difference"];
export const SCHEMES = ["forward", "central", "complex"];
export const PRESETS = {
  diamond: ["a = x*y; b = sin(a); c = exp(a)/4; b*c", { x: 0.5, y: 1.2 }],
  chain: [
    "a = sin(x); b = exp(a); c = tanh(b); d = c*c; e = exp(d); g = log(e); sqrt(g)",
    { x: 0.7 },
  ],
  softmax: [
    "a = exp(x); b = exp(y); c = exp(z); s = a + b + c; a/s; b/s; c/s",
    { x: 1, y: 0.5, z: -0.5 },
  ],
  wide_in: [
    "tanh(p*q + r*s + t*u + v*w)",
    { p: 0.5, q: 1, r: -0.4, s: 0.3, t: 0.8, u: 0.2, v: -0.6, w: 0.9 },
  ],
  wide_out: ["sin(x); cos(x); exp(x); x*x; x**3; tanh(x)", { x: 0.8 }],
  kink: ["relu(x) + abs(y)*x", { x: 0.3, y: 0 }],
  cancellation: ["(1 - cos(x))/(x*x)", { x: 0.0001 }],
};

// -- the parser ---------------------------------------------------------------------
// What is wrong, where, and what was expected there: `code` and `expected` are keys.
export class FormulaError extends Error {
  constructor(code, at, found, expected = "") {
    super(`${code} at ${at}: ${found}`);
    Object.assign(this, { name: "FormulaError", code, at, found, expected });
  }
}

const TOKEN = /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|[-+*\/^()=;,]))/y;

function tokens(text) {
  if (typeof text !== "string") throw new FormulaError("not_text", 0, typeof text);
  if (text.length > LIMITS.length) {
    throw new FormulaError("too_long", LIMITS.length, String(text.length));
  }
  const found = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const hit = TOKEN.exec(text);
    if (!hit) {
      const rest = text.slice(at);
      if (!rest.trim()) break;
      const place = at + rest.length - rest.trimStart().length;
      throw new FormulaError("stranger", place, String.fromCodePoint(text.codePointAt(place)));
    }
    const [word, number, name, mark] = hit;
    const start = at + word.length - (number || name || mark).length;
    if (number && !Number.isFinite(Number(number))) {
      throw new FormulaError("huge", start, number);
    }
    found.push({ number, name, mark: mark === "^" ? "**" : mark, text: number || name || mark, at: start });
    at = TOKEN.lastIndex;
  }
  found.push({ end: true, text: "", at: text.length });
  return found;
}

// The program of a formula: `nodes` in the order of computation, each `{op, args}` with
// "input" and "const" for leaves; `inputs` and `outputs` are places among them.
export function parse(text) {
  const list = tokens(text);
  const nodes = [], inputs = [], outputs = [], names = new Map();
  let place = 0, depth = 0, last = null;
  const peek = () => list[place];
  const is = (mark) => peek().mark === mark;
  const fail = (code, expected, token = peek()) => {
    throw new FormulaError(token.end ? "ended" : code, token.at, token.text, expected);
  };
  const need = (mark, expected) => (is(mark) ? place++ : fail("unexpected", expected));
  const make = (op, args, more = {}) => nodes.push({ op, args, name: "", ...more }) - 1;
  const deeper = (rule) => {
    if (++depth > LIMITS.depth) fail("too_deep", "");
    const result = rule();
    depth--;
    return result;
  };
  const series = (part, marks) => () => {
    let left = part();
    while (marks[peek().mark]) {
      const op = marks[list[place++].mark];
      left = make(op, [left, part()]);
    }
    return left;
  };
  const sum = series(() => product(), { "+": "add", "-": "sub" });
  const product = series(() => signed(), { "*": "mul", "/": "div" });
  const signed = () => {
    if (is("+")) return place++, deeper(signed);
    if (!is("-")) return power();
    place++;
    return make("neg", [deeper(signed)]);
  };
  const power = () => {
    const base = atom();
    if (!is("**")) return base;
    place++;
    return make("pow", [base, deeper(signed)]);
  };
  const atom = () => {
    const token = peek();
    if (token.number) return place++, make("const", [], { value: Number(token.number) });
    if (is("(")) {
      place++;
      const inner = deeper(sum);
      need(")", "close");
      return inner;
    }
    if (!token.name) fail("unexpected", "operand");
    place++;
    return is("(") ? call(token) : name(token);
  };
  const call = (token) => {
    const rule = Object.hasOwn(RULES, token.name) && RULES[token.name];
    if (!rule || rule.infix) fail("no_function", "function", token);
    place++;
    const args = [deeper(sum)];
    while (args.length < rule.d.length) need(",", "comma"), args.push(deeper(sum));
    need(")", "close");
    return make(token.name, args);
  };
  const name = (token) => {
    if (token.name === "pi") return make("const", [], { value: Math.PI });
    if (Object.hasOwn(RULES, token.name) && !RULES[token.name].infix) fail("needs_call", "open");
    if (!names.has(token.name)) {
      if (inputs.length >= LIMITS.inputs) fail("too_many", "", token);
      names.set(token.name, make("input", [], { name: token.name }));
      inputs.push(names.get(token.name));
    }
    return names.get(token.name);
  };
  const statement = () => {
    const [token, next] = [peek(), list[place + 1]];
    if (!token.name || next.mark !== "=") return outputs.push(sum());
    if (token.name === "pi" || (Object.hasOwn(RULES, token.name) && !RULES[token.name].infix)) {
      fail("taken", "new_name", token);
    }
    if (names.has(token.name)) fail("twice", "new_name", token);
    place += 2;
    last = sum();
    if (names.has(token.name)) fail("itself", "new_name", token);
    names.set(token.name, last);
    if (!nodes[last].name && nodes[last].op !== "const") nodes[last].name = token.name;
  };
  for (;;) {
    statement();
    if (peek().end) break;
    need(";", "operator");
    if (peek().end) break;
  }
  if (!outputs.length) outputs.push(last);
  if (!inputs.length) throw new FormulaError("no_input", 0, text.trim().slice(0, 20), "operand");
  let step = 0;
  for (const node of nodes) {
    if (node.op === "const") node.name = show(node.value);
    else if (node.op !== "input") step++, (node.name ||= `v${step}${names.has(`v${step}`) ? "'" : ""}`);
    node.depends = node.op === "input" || node.args.some((arg) => nodes[arg].depends);
  }
  return { nodes, inputs, outputs, names: inputs.map((i) => nodes[i].name) };
}

// -- the table of rules -------------------------------------------------------------
// value(x, y), partials d[i](z, x, y), value of complex numbers c([re, im], ...).
const C = {
  mul: ([a, b], [c, d]) => [a * c - b * d, a * d + b * c],
  div: ([a, b], [c, d]) => {
    const n = c * c + d * d;
    return [(a * c + b * d) / n, (b * c - a * d) / n];
  },
  exp: ([a, b]) => [Math.exp(a) * Math.cos(b), Math.exp(a) * Math.sin(b)],
  log: ([a, b]) => [Math.log(Math.hypot(a, b)), Math.atan2(b, a)],
  log1p: ([a, b]) => [0.5 * Math.log1p(2 * a + a * a + b * b), Math.atan2(b, 1 + a)],
  sqrt: ([a, b]) => {
    if (a === 0 && b === 0) return [0, 0];
    const s = Math.sqrt((Math.abs(a) + Math.hypot(a, b)) / 2);
    return a >= 0 ? [s, b / (2 * s)] : [Math.abs(b) / (2 * s), b < 0 ? -s : s];
  },
  sin: ([a, b]) => [Math.sin(a) * Math.cosh(b), Math.cos(a) * Math.sinh(b)],
  cos: ([a, b]) => [Math.cos(a) * Math.cosh(b), -Math.sin(a) * Math.sinh(b)],
  sinh: ([a, b]) => [Math.sinh(a) * Math.cos(b), Math.cosh(a) * Math.sin(b)],
  cosh: ([a, b]) => [Math.cosh(a) * Math.cos(b), Math.sinh(a) * Math.sin(b)],
  tanh: ([a, b]) => {
    if (Math.abs(a) > 20) return [Math.sign(a), 4 * Math.sin(2 * b) * Math.exp(-2 * Math.abs(a)) / 2];
    const n = Math.cosh(2 * a) + Math.cos(2 * b);
    return [Math.sinh(2 * a) / n, Math.sin(2 * b) / n];
  },
  pow: (x, y) => {
    const n = y[0];
    if (y[1] === 0 && Number.isInteger(n) && Math.abs(n) <= 64) {
      let z = [1, 0];
      for (let i = 0; i < Math.abs(n); i++) z = C.mul(z, x);
      return n < 0 ? C.div([1, 0], z) : z;
    }
    return x[0] < 0 ? [NaN, NaN] : C.exp(C.mul(y, C.log(x)));
  },
};
const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const tie = (x, y, mine) => (x === y ? 0.5 : mine ? 1 : 0);

// `z: true` says that a partial reads the output: what "input instead of output" breaks.
export const RULES = {
  add: { infix: "+", at: 1, f: (x, y) => x + y, d: [() => 1, () => 1], c: (x, y) => [x[0] + y[0], x[1] + y[1]] },
  sub: { infix: "-", at: 1, f: (x, y) => x - y, d: [() => 1, () => -1], c: (x, y) => [x[0] - y[0], x[1] - y[1]] },
  mul: { infix: "*", at: 2, f: (x, y) => x * y, d: [(z, x, y) => y, (z, x) => x], c: C.mul },
  div: { infix: "/", at: 2, f: (x, y) => x / y, d: [(z, x, y) => 1 / y, (z, x, y) => -z / y], c: C.div, z: true },
  neg: { infix: "-", at: 3, f: (x) => -x, d: [() => -1], c: ([a, b]) => [-a, -b] },
  pow: {
    infix: "**", at: 4, f: (x, y) => (x === 1 ? 1 : Math.pow(x, y)), c: C.pow,
    d: [
      (z, x, y) => (y === 0 ? 0 : y * Math.pow(x, y - 1)),
      (z, x, y) => (x === 0 && y >= 0 ? 0 : z * Math.log(x)),
    ],
  },
  exp: { f: Math.exp, d: [(z) => z], c: C.exp, z: true },
  log: { f: Math.log, d: [(z, x) => 1 / x], c: C.log },
  sqrt: { f: Math.sqrt, d: [(z) => 1 / (2 * z)], c: C.sqrt, z: true },
  sin: { f: Math.sin, d: [(z, x) => Math.cos(x)], c: C.sin },
  cos: { f: Math.cos, d: [(z, x) => -Math.sin(x)], c: C.cos },
  tan: { f: Math.tan, d: [(z) => 1 + z * z], c: (x) => C.div(C.sin(x), C.cos(x)), z: true },
  sinh: { f: Math.sinh, d: [(z, x) => Math.cosh(x)], c: C.sinh },
  cosh: { f: Math.cosh, d: [(z, x) => Math.sinh(x)], c: C.cosh },
  tanh: { f: Math.tanh, d: [(z) => 1 - z * z], c: C.tanh, z: true },
  log1p: { f: Math.log1p, d: [(z, x) => 1 / (1 + x)], c: C.log1p },
  expm1: {
    f: Math.expm1, d: [(z) => 1 + z], z: true,
    c: ([a, b]) => [Math.expm1(a) * Math.cos(b) - 2 * Math.sin(b / 2) ** 2, Math.exp(a) * Math.sin(b)],
  },
  arctan: {
    f: Math.atan, d: [(z, x) => 1 / (1 + x * x)],
    c: ([a, b]) => [
      0.5 * Math.atan2(2 * a, 1 - a * a - b * b),
      0.25 * Math.log1p(4 * b / (a * a + (1 - b) * (1 - b))),
    ],
  },
  sigmoid: {
    f: sigmoid, d: [(z) => z * (1 - z)], z: true,
    c: ([a, b]) => C.div([1, 0], [1 + Math.exp(-a) * Math.cos(b), -Math.exp(-a) * Math.sin(b)]),
  },
  softplus: {
    f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), d: [(z, x) => sigmoid(x)],
    c: (x) => C.log1p(C.exp(x)),
  },
  // Kinks: `abs` and comparisons look at the real part, as they do in any language.
  abs: { f: Math.abs, d: [(z, x) => Math.sign(x)], c: ([a, b]) => [Math.hypot(a, b), 0] },
  relu: { f: (x) => (x > 0 || x !== x ? x : 0), d: [(z, x) => (x > 0 ? 1 : 0)], c: (x) => (x[0] > 0 ? x : [0, 0]), gate: true },
  max: { f: Math.max, d: [(z, x, y) => tie(x, y, x > y), (z, x, y) => tie(x, y, y > x)], c: (x, y) => (x[0] >= y[0] ? x : y), gate: true },
  min: { f: Math.min, d: [(z, x, y) => tie(x, y, x < y), (z, x, y) => tie(x, y, y < x)], c: (x, y) => (x[0] <= y[0] ? x : y), gate: true },
};

// -- values, tangents, adjoints -----------------------------------------------------
const rounding = (f32) => (f32 ? Math.fround : (x) => x);
export const point = (program, inputs) => program.names.map((name) => Number(inputs[name] ?? 1));

// Values of all nodes at `x`, one number an input.
export function run(program, x, { f32 = false } = {}) {
  const r = rounding(f32), values = [];
  for (const node of program.nodes) {
    if (node.op === "const") values.push(r(node.value));
    else if (node.op === "input") values.push(r(x[program.names.indexOf(node.name)]));
    else values.push(r(RULES[node.op].f(...node.args.map((arg) => values[arg]))));
  }
  return values;
}

function partials(node, value, args, { f32, mistakes }) {
  const rule = RULES[node.op], r = rounding(f32);
  const z = rule.z && mistakes?.includes("input") ? args[0] : value;
  return rule.d.map((d) => r(d(z, ...args)));
}

const times = (rule, g, partial) => (rule.gate && partial === 0 ? 0 : g * partial);

// Tangents of all nodes for a direction `v` among inputs, with a step for each node.
export function forward(program, values, v, options = {}) {
  const r = rounding(options.f32), tangents = [], steps = [];
  program.nodes.forEach((node, i) => {
    if (!node.args.length) {
      tangents.push(node.op === "input" ? v[program.names.indexOf(node.name)] : 0);
      if (node.op === "input") steps.push({ node: i, terms: [], result: tangents[i] });
      return;
    }
    const slopes = partials(node, values[i], node.args.map((arg) => values[arg]), options);
    const terms = [];
    node.args.forEach((arg, k) => {
      if (!program.nodes[arg].depends) return;
      const term = r(times(RULES[node.op], tangents[arg], slopes[k]));
      terms.push({ arg, partial: slopes[k], from: tangents[arg], term });
    });
    tangents.push(terms.reduce((total, { term }, k) => (k ? r(total + term) : term), 0));
    if (node.depends) steps.push({ node: i, terms, result: tangents[i] });
  });
  return { tangents, steps };
}

function reachable(program, out) {
  const found = new Set([out]);
  for (let i = out; i >= 0; i--) {
    if (found.has(i)) program.nodes[i].args.forEach((arg) => program.nodes[arg].depends && found.add(arg));
  }
  return found;
}

// Youngest first is a topological order; breadth-first is not, as soon as arms differ.
function order(program, out, breadth) {
  if (!breadth) return [...reachable(program, out)].sort((a, b) => b - a);
  const queue = [out];
  for (let k = 0; k < queue.length; k++) {
    for (const arg of program.nodes[queue[k]].args) {
      if (program.nodes[arg].depends && !queue.includes(arg)) queue.push(arg);
    }
  }
  return queue;
}

// Adjoints of all nodes for one output, with a step for each node visited: what it hands
// to each argument, and what stood there before and after.
export function backward(program, values, out, options = {}) {
  const { f32, mistakes = [], left = null } = options;
  const r = rounding(f32), nodes = program.nodes;
  const adjoints = nodes.map((node, i) => (left && node.op === "input" ? left[i] : 0));
  const received = nodes.map(() => []), steps = [];
  adjoints[out] += mistakes.includes("seed") ? 0 : 1;
  for (const i of order(program, out, mistakes.includes("breadth"))) {
    const node = nodes[i], contributions = [];
    const slopes = node.args.length
      ? partials(node, values[i], node.args.map((arg) => values[arg]), { f32, mistakes })
      : [];
    node.args.forEach((arg, k) => {
      if (!nodes[arg].depends) return;
      const term = r(times(RULES[node.op], adjoints[i], slopes[k]));
      const before = adjoints[arg];
      adjoints[arg] = mistakes.includes("overwrite") ? term : r(before + term);
      received[arg].push(term);
      contributions.push({ arg, partial: slopes[k], term, before, after: adjoints[arg] });
    });
    steps.push({ node: i, g: adjoints[i], contributions });
  }
  return { adjoints, steps, received };
}

// The Jacobian by columns ("forward"), rows ("reverse") or entries ("difference"), with
// what it cost: passes over the graph, evaluations of the formula, numbers stored.
export function jacobian(program, x, way = "reverse", options = {}) {
  const values = run(program, x, options), { inputs, outputs, nodes } = program;
  const matrix = outputs.map(() => inputs.map(() => 0)), ops = nodes.filter((n) => n.args.length).length;
  if (way === "forward") {
    inputs.forEach((_, j) => {
      const { tangents } = forward(program, values, inputs.map((_, k) => Number(k === j)), options);
      outputs.forEach((out, i) => (matrix[i][j] = tangents[out]));
    });
    return { matrix, passes: inputs.length, evaluations: inputs.length, stored: 2 * Math.min(ops, 3) };
  }
  if (way === "reverse") {
    outputs.forEach((out, i) => {
      const { adjoints } = backward(program, values, out, options);
      inputs.forEach((input, j) => (matrix[i][j] = adjoints[input]));
    });
    return { matrix, passes: outputs.length, evaluations: 1, stored: ops + inputs.length };
  }
  const scheme = options.scheme || "central";
  outputs.forEach((_, i) => inputs.forEach((_, j) => {
    matrix[i][j] = difference(program, x, j, i, options.h || best(scheme, options.f32), scheme, options);
  }));
  const each = scheme === "central" ? 2 : 1, calls = inputs.length * each + Number(scheme === "forward");
  return { matrix, passes: calls, evaluations: calls, stored: 2 };
}

// -- finite differences -------------------------------------------------------------
function runComplex(program, x, j, h, f32) {
  const r = rounding(f32), values = [];
  for (const node of program.nodes) {
    const k = program.names.indexOf(node.name);
    const z = node.op === "const" ? [node.value, 0]
      : node.op === "input" ? [x[k], k === j ? h : 0]
      : RULES[node.op].c(...node.args.map((arg) => values[arg]));
    values.push([r(z[0]), r(z[1])]);
  }
  return values;
}

export const best = (scheme, f32) => {
  const eps = f32 ? 2 ** -23 : 2 ** -52;
  return scheme === "complex" ? (f32 ? 1e-15 : 1e-100) : eps ** (scheme === "forward" ? 1 / 2 : 1 / 3);
};

// Slope of output `i` by input `j`, measured with a step `h`.
export function difference(program, x, j, i, h, scheme, { f32 = false } = {}) {
  const r = rounding(f32), out = program.outputs[i];
  if (scheme === "complex") return r(runComplex(program, x.map(r), j, r(h), f32)[out][1] / r(h));
  const at = (t) => run(program, x.map((value, k) => (k === j ? t : value)), { f32 })[out];
  const ahead = r(r(x[j]) + r(h)), behind = scheme === "central" ? r(r(x[j]) - r(h)) : r(x[j]);
  return r(r(at(ahead) - at(behind)) / r(ahead - behind));
}

// Errors against h, 1e-1 down to 1e-17, and AD's own error at the same place.
export function curve(program, x, j, i, scheme, { f32 = false } = {}) {
  const truth = slope(program, x, j, i), points = [];
  for (let e = -4; e >= -68; e--) {
    const h = 10 ** (e / 4), found = difference(program, x, j, i, h, scheme, { f32 });
    points.push({ h, slope: found, error: Math.abs(found - truth) });
  }
  const tiny = difference(program, x, j, i, 1e-100, "complex");
  const own = f32 ? slope(program, x, j, i, true) - truth
    : Math.abs(tiny - truth) < 1e-8 * Math.abs(truth) ? tiny - truth : 0;
  return { points, truth, own: Math.max(Math.abs(own), Math.abs(truth) * (f32 ? 2 ** -24 : 2 ** -53)) };
}

export function slope(program, x, j, i, f32 = false) {
  const values = run(program, x, { f32 });
  return backward(program, values, program.outputs[i], { f32 }).adjoints[program.inputs[j]];
}

// -- break it -----------------------------------------------------------------------
const apart = (a, b) => !(a === b || (a !== a && b !== b) || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b)));

// A reverse pass with mistakes, and the first wrong number in it: `{mistake, node, wrong,
// right, step}`, or null where this formula does not show it.
export function broken(program, x, i, mistakes, { h = 1e-16 } = {}) {
  const out = program.outputs[i], right = run(program, x), f32 = mistakes.includes("float32");
  const values = f32 ? run(program, x, { f32 }) : right;
  const good = backward(program, right, out);
  const left = mistakes.includes("zero") ? backward(program, values, out, { f32, mistakes }).adjoints : null;
  const pass = backward(program, values, out, { f32, mistakes, left });
  return { ...pass, values, first: firstWrong() };

  function firstWrong() {
    const rounded = f32 ? values.findIndex((value, k) => apart(value, right[k])) : -1;
    if (rounded >= 0) return { mistake: "float32", node: rounded, wrong: values[rounded], right: right[rounded], step: 0 };
    if (mistakes.includes("seed")) return { mistake: "seed", node: out, wrong: 0, right: 1, step: 0 };
    const start = left && program.inputs.find((k) => left[k] !== 0);
    if (start !== null && start !== undefined && start !== false) {
      return { mistake: "zero", node: start, wrong: left[start], right: 0, step: 0 };
    }
    for (const [step, { node, g, contributions }] of pass.steps.entries()) {
      if (mistakes.includes("breadth") && apart(g, good.adjoints[node])) {
        return { mistake: "breadth", node, wrong: g, right: good.adjoints[node], step };
      }
      for (const { arg, term, before, after, partial } of contributions) {
        const honest = good.steps.find((s) => s.node === node).contributions.find((c) => c.arg === arg && !apart(c.partial, partial));
        if (!honest && mistakes.includes("input")) {
          const truth = good.steps.find((s) => s.node === node).contributions.find((c) => c.arg === arg);
          return { mistake: "input", node: arg, from: node, wrong: term, right: truth.term, step };
        }
        if (apart(after, before + term)) return { mistake: f32 ? "float32" : "overwrite", node: arg, from: node, wrong: after, right: before + term, step };
      }
    }
    if (mistakes.includes("smallh")) {
      for (let j = 0; j < x.length; j++) {
        const wrong = difference(program, x, j, i, h, "forward"), truth = good.adjoints[program.inputs[j]];
        if (!(Math.abs(wrong - truth) <= 1e-3 * Math.abs(truth))) {
          return { mistake: "smallh", node: program.inputs[j], wrong, right: truth, step: 0 };
        }
      }
    }
    const last = f32 ? program.inputs.find((k) => apart(pass.adjoints[k], good.adjoints[k])) : undefined;
    return last === undefined ? null
      : { mistake: "float32", node: last, wrong: pass.adjoints[last], right: good.adjoints[last], step: 0 };
  }
}

// -- predict, checkpoints, export ---------------------------------------------------
// A number as a person writes it: 0.75, 3/4, -1e-3. NaN for anything else.
export function read(text) {
  const parts = String(text).trim().replace(/\u2212/g, "-").split("/");
  if (parts.length > 2 || parts.some((p) => !/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(p))) return NaN;
  return parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
}

// Whether a guess is the number, to three significant digits.
export function judge(text, truth) {
  const guess = read(text);
  if (guess === truth) return true;
  if (!Number.isFinite(guess) || !Number.isFinite(truth) || truth === 0) return false;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(truth))) - 2);
  return Math.abs(guess - truth) <= 0.5 * unit * (1 + 1e-9);
}

// Places of a chain's steps, first to last, or null where the formula is no chain.
export function chain(program) {
  if (program.inputs.length !== 1 || program.outputs.length !== 1) return null;
  const found = [];
  let here = program.inputs[0];
  for (const [i, node] of program.nodes.entries()) {
    const used = node.args.filter((arg) => program.nodes[arg].depends);
    if (!used.length) continue;
    if (used.some((arg) => arg !== here)) return null;
    found.push((here = i));
  }
  return found.length && here === program.outputs[0] ? found : null;
}

// A chain of n steps run and reversed with its inputs kept at `marks` (0 always): an
// event a step, with the values alive after it. Step k reads value k; the last stretch
// is kept as it runs, every other is run again from its mark.
export function checkpoints(n, marks) {
  const kept = [...new Set([0, ...marks])].filter((m) => m >= 0 && m < n).sort((a, b) => a - b);
  const live = new Set(), events = [];
  let again = 0, peak = 0;
  const tell = (phase, step) => {
    peak = Math.max(peak, live.size);
    events.push({ phase, step, live: live.size });
  };
  const tail = kept[kept.length - 1];
  for (let k = 0; k < n; k++) {
    if (kept.includes(k) || k > tail) live.add(k);
    tell("ahead", k);
  }
  kept.reverse().forEach((mark, s) => {
    const end = s ? kept[s - 1] : n;
    if (s) for (let k = mark + 1; k < end; k++) live.add(k), again++, tell("again", k - 1);
    for (let k = end - 1; k >= mark; k--) live.delete(k), tell("back", k);
  });
  return { events, again, peak };
}

const WORDS = new Set((
  "False None True and as assert async await break class continue def del elif else except finally for " +
  "from global if import in is lambda nonlocal not or pass raise return try while with with yield " +
  "f at out outs float print jax jnp ops torch Dual Value").split(" "));
const CALLS = {
  dual: (op) => `ops.${{ abs: "abs_", max: "maximum", min: "minimum" }[op] || op}`,
  torch: (op) => ({ relu: "torch.relu", softplus: "torch.nn.functional.softplus", max: "torch.maximum", min: "torch.minimum" }[op] || `torch.${op}`),
  jax: (op) => ({ relu: "jax.nn.relu", sigmoid: "jax.nn.sigmoid", softplus: "jax.nn.softplus", max: "jnp.maximum", min: "jnp.minimum" }[op] || `jnp.${op}`),
};
CALLS.value = CALLS.dual;
export const TARGETS = ["dual", "value", "torch", "jax"];

// The formula as a Python program that prints its derivatives.
export function python(program, x, target) {
  const { nodes, outputs } = program, values = run(program, x), safe = new Map();
  const number = (v) => {
    if (!Number.isFinite(v)) return `float("${v !== v ? "nan" : v > 0 ? "inf" : "-inf"}")`;
    const digits = Object.is(v, -0) ? "-0" : String(v);
    return /[.e]/.test(digits) ? digits : `${digits}.0`;
  };
  const name = (i) => {
    if (!safe.has(i)) safe.set(i, WORDS.has(nodes[i].name) ? `${nodes[i].name}_${i}` : nodes[i].name.replace("'", `_${i}`));
    return safe.get(i);
  };
  const uses = nodes.map(() => 0), lines = [];
  nodes.forEach((node) => node.args.forEach((arg) => uses[arg]++));
  const text = [], rank = [];
  nodes.forEach((node, i) => {
    rank[i] = 5;
    if (!node.depends) {
      text[i] = number(values[i]);
      if (values[i] < 0 || Object.is(values[i], -0)) text[i] = `(${text[i]})`;
      return;
    }
    if (node.op === "input") return void (text[i] = name(i));
    const rule = RULES[node.op];
    const wrap = (arg, least) => (rank[arg] < least ? `(${text[arg]})` : text[arg]);
    if (!rule.infix) {
      const tensor = target === "torch" && node.args.length > 1;
      text[i] = `${CALLS[target](node.op)}(${node.args.map((arg) => (tensor && !nodes[arg].depends ? `torch.tensor(${text[arg]}, dtype=torch.float64)` : text[arg])).join(", ")})`;
    } else {
      rank[i] = rule.at;
      const [a, b] = node.args;
      text[i] = node.op === "neg" ? `-${wrap(a, 3)}`
        : node.op === "pow" ? `${wrap(a, 5)}**${wrap(b, 5)}`
        : `${wrap(a, rule.at)} ${rule.infix} ${wrap(b, rule.at + 1)}`;
    }
    if (!/^v\d+'?$/.test(node.name) || uses[i] > 1 || text[i].length > 60) {
      lines.push(`    ${name(i)} = ${text[i]}`);
      text[i] = name(i);
      rank[i] = 5;
    }
  });
  const inputs = program.inputs.map(name);
  const result = outputs.map((out) => (nodes[out].depends ? text[out] : `${text[out]} + 0.0 * ${inputs[0]}`)).join(", ");
  const def = [`def f(${inputs.join(", ")}):`, ...lines, `    return (${result},)`];
  const at = `at = {${program.inputs.map((i, k) => `"${nodes[i].name}": ${number(x[k])}`).join(", ")}}`;
  const tail = {
    dual: ["for name in at:  # one pass an input", "    outs = f(*(Dual(v, float(k == name)) for k, v in at.items()))", "    print(name, *(out.tangent for out in outs))"],
    value: [`for i in range(${outputs.length}):  # one sweep an output`, "    leaves = [Value(v) for v in at.values()]", "    f(*leaves)[i].backward()", "    print(i, *(leaf.grad for leaf in leaves))"],
    torch: [`for i in range(${outputs.length}):  # one sweep an output`, "    leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in at.values()]", "    f(*leaves)[i].backward()", "    print(i, *(0.0 if leaf.grad is None else leaf.grad.item() for leaf in leaves))"],
    jax: [`rows = jax.jacrev(f, argnums=tuple(range(len(at))))(*at.values())`, "for i, row in enumerate(rows):", "    print(i, *map(float, row))"],
  }[target];
  const head = {
    dual: ["from autograd_ref import Dual, ops"], value: ["from autograd_ref import Value, ops"], torch: ["import torch"],
    jax: ["import jax", "import jax.numpy as jnp", "", 'jax.config.update("jax_enable_x64", True)'],
  }[target];
  return [...head, "", "", ...def, "", "", at, ...tail, ""].join("\n");
}

// A number for people: six significant digits.
export function show(x) {
  if (x === 0 || !Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  return size >= 1e6 || size < 1e-4 ? x.toExponential(3).replace(/\.?0+e/, "e") : String(Number(x.toPrecision(6)));
}
