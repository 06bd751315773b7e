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

// -- the steps of a mode, each a sentence -------------------------------------------
const filler = (strings) => (key, data = {}) =>
  (strings[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => data[name] ?? "");

// A node's step as text: "x * y", "exp(a)"; names for arguments.
export function caption(program, i) {
  const { op, args, name } = program.nodes[i];
  if (!args.length) return name;
  const [a, b] = args.map((arg) => program.nodes[arg].name);
  const { infix } = RULES[op];
  if (!infix) return `${op}(${args.length > 1 ? `${a}, ${b}` : a})`;
  return args.length > 1 ? `${a} ${infix} ${b}` : `${infix}${a}`;
}

// Steps of a mode: `{node, text, truth, shown}`; `shown` is the derivative that stands at
// each node after the step, `sums` what was added up there.
export function walk(program, x, state, strings) {
  const t = filler(strings), { nodes } = program, name = (i) => nodes[i].name;
  const { mode = "reverse", wrt = 0, out = 0, mistakes = [] } = state;
  const f32 = state.dtype === "float32" || mistakes.includes("float32");
  const values = run(program, x, { f32 }), steps = [], shown = {}, sums = {};
  const tell = (node, key, data, truth) => steps.push({
    node, text: t(key, data), truth, shown: { ...shown }, sums: { ...sums },
  });
  if (mode === "forward") {
    const pass = forward(program, values, x.map((_, k) => Number(k === wrt)), { f32, mistakes });
    for (const { node, terms, result } of pass.steps) {
      shown[node] = result;
      if (terms.length > 1) sums[node] = terms.map(({ term }) => show(term)).join(" + ");
      const products = terms.map((s) => `${show(s.partial)} * ${show(s.from)}`).join(" + ");
      tell(node, terms.length ? "say_push" : "say_tangent", {
        name: name(node), step: caption(program, node), value: show(values[node]),
        products, result: show(result), input: program.names[wrt],
      }, result);
    }
  } else if (mode === "reverse") {
    const pass = broken(program, x, out, f32 ? [...new Set([...mistakes, "float32"])] : mistakes);
    const end = program.outputs[out], parts = {};
    shown[end] = mistakes.includes("seed") ? 0 : 1;
    tell(end, "say_seed", { name: name(end), seed: shown[end] }, shown[end]);
    for (const { node, g, contributions } of pass.steps) {
      for (const { arg, partial, term, before, after } of contributions) {
        (parts[arg] ||= before ? [show(before)] : []).push(show(term));
        shown[arg] = after;
        if (parts[arg].length > 1) sums[arg] = parts[arg].join(mistakes.includes("overwrite") ? " , " : " + ");
        tell(node, parts[arg].length > 1 ? "say_add" : "say_pull", {
          name: name(node), step: caption(program, node), g: show(g), arg: name(arg),
          partial: show(partial), term: show(term), after: show(after), sum: sums[arg],
        }, after);
        steps[steps.length - 1].to = arg;
      }
    }
  } else {
    const scheme = state.scheme || "central", h = Number(state.h) || best(scheme, f32);
    x.forEach((value, k) => {
      const node = program.inputs[k];
      const result = (shown[node] = difference(program, x, k, out, h, scheme, { f32 }));
      tell(node, "say_measure", {
        input: name(node), h: show(h), result: show(result), scheme: t(`scheme_${scheme}`),
        out: name(program.outputs[out]), truth: show(slope(program, x, k, out)),
      }, result);
    });
  }
  return { steps, values };
}

// Places of the nodes: a layer is the longest way from a leaf; constants are not drawn.
// An edge over several layers gets a place in each, so that it passes between nodes.
export function layout(program) {
  const layers = [], level = [], at = {}, over = {};
  program.nodes.forEach((node, i) => {
    level[i] = node.args.length ? 1 + Math.max(...node.args.map((arg) => level[arg])) : 0;
    if (node.op === "const") return;
    (layers[level[i]] ||= []).push({ key: i, from: node.args });
    for (const arg of new Set(node.args)) {
      if (program.nodes[arg].op === "const") continue;
      for (let l = level[arg] + 1; l < level[i]; l++) {
        const key = `${arg} ${i} ${l}`;
        (layers[l] ||= []).push({ key, from: [l === level[arg] + 1 ? arg : `${arg} ${i} ${l - 1}`] });
        (over[`${arg} ${i}`] ||= []).push(key);
      }
    }
  });
  const drawn = layers.filter(Boolean), rows = Math.max(...drawn.map((l) => l.length));
  drawn.forEach((layer, column) => {
    const weight = ({ key, from }) => {
      const ys = from.filter((f) => at[f]).map((f) => at[f].row);
      return ys.length ? ys.reduce((a, b) => a + b) / ys.length : Number(key) || 0;
    };
    const order = column ? [...layer].sort((a, b) => weight(a) - weight(b)) : layer;
    order.forEach(({ key }, k) => (at[key] = { column, row: k + (rows - order.length) / 2 }));
  });
  return { at, over, columns: drawn.length, rows };
}

export function explain(error, strings) {
  const t = filler(strings);
  return t("error_at", {
    what: t(`error_${error.code}`, { found: error.found, limit: LIMITS.length }), place: error.at + 1,
    expected: error.expected ? t("error_expected", { what: t(`expected_${error.expected}`) }) : "",
  });
}

// -- the page -----------------------------------------------------------------------
const CSS = `
.twd{--ink:#14171c;--paper:#fff;--soft:#eef1f5;--line:#5b6470;--a:#0072b2;--b:#b34700;--c:#00664b;--bad:#a80036;
 color:var(--ink);background:var(--paper);font:1rem/1.45 system-ui,sans-serif;padding:.6rem;box-sizing:border-box;max-width:76rem;margin:auto}
@media (prefers-color-scheme:dark){.twd{--ink:#f2f4f7;--paper:#15181d;--soft:#232830;--line:#a7b0bd;--a:#56b4e9;--b:#e69f00;--c:#2fd6a8;--bad:#ff9ab0}}
.twd *{box-sizing:border-box}
.twd h2{font-size:1.05rem;margin:0 0 .4rem}
.twd section,.twd form{border:1px solid var(--line);border-radius:.4rem;padding:.6rem;margin:0 0 .6rem;min-width:0}
.twd .grid{display:grid;gap:.6rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));align-items:start}
.twd .row{display:flex;flex-wrap:wrap;gap:.4rem .7rem;align-items:center;margin:.3rem 0}
.twd .scroll{overflow-x:auto}
.twd label{display:inline-flex;gap:.35rem;align-items:center}
.twd input,.twd select,.twd button,.twd textarea{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:.3rem;padding:.25rem .5rem;max-width:100%}
.twd input[type=number]{width:7rem}
.twd input[type=range]{padding:0;width:9rem;accent-color:var(--a)}
.twd button,.twd select{min-height:2rem}.twd button:hover{background:var(--soft)}
.twd button[aria-pressed=true]{background:var(--ink);color:var(--paper)}
.twd :focus-visible{outline:3px solid var(--b);outline-offset:2px}
.twd .formula{flex:1 1 14rem;font-family:ui-monospace,monospace}
.twd textarea{width:100%;height:12rem;font:.85rem/1.4 ui-monospace,monospace}
.twd table{border-collapse:collapse;font-variant-numeric:tabular-nums}
.twd caption{text-align:left;white-space:nowrap}
.twd th,.twd td{border:1px solid var(--line);padding:.2rem .5rem;text-align:right}
.twd th{text-align:left;background:var(--soft)}.twd tr[aria-current] td,.twd tr[aria-current] th{outline:2px solid var(--b)}
.twd .say{background:var(--soft);border-left:.35rem solid var(--a);padding:.4rem .6rem;margin:.4rem 0;min-height:2.2rem}
.twd .flag{border-left-color:var(--bad);border-left-style:double}
.twd svg{display:block;max-width:none}.twd svg text{fill:var(--ink);font:13px ui-monospace,monospace}
.twd svg .box{fill:var(--paper);stroke:var(--line);stroke-width:1.5}.twd svg .now .box{stroke:var(--b);stroke-width:4}
.twd svg .wrong .box{stroke:var(--bad);stroke-width:4;stroke-dasharray:3 3}
.twd svg .edge{fill:none;stroke:var(--line);stroke-width:1.5}
.twd svg .forward{stroke:var(--a);stroke-width:3.5}.twd svg .reverse{stroke:var(--b);stroke-width:3.5;stroke-dasharray:8 4}
.twd svg .dot{fill:var(--a)}.twd svg .own{stroke:var(--c);stroke-width:2.5;stroke-dasharray:9 4}.twd svg .at{stroke:var(--b);stroke-width:2.5}
.twd svg .axis{stroke:var(--line)}.twd svg .stairs{fill:none;stroke:var(--a);stroke-width:2.5}
@media (prefers-reduced-motion:no-preference){.twd svg .box,.twd svg .edge{transition:stroke .2s}}
`;
const DEFAULTS = {
  expression: PRESETS.diamond[0], inputs: PRESETS.diamond[1], mode: "reverse", step: 0, h: 1e-5,
  dtype: "float64", mistakes: [], locked: [], task: "", scheme: "central", wrt: 0, out: 0,
  marks: [], filled: 0, target: "value", table: false,
};
let mounted = 0;

function html(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else if (key in el && key !== "list") el[key] = value;
    else if (value !== false && value !== undefined) el.setAttribute(key, value);
  }
  el.append(...children.filter((child) => child !== null && child !== undefined));
  return el;
}

// The namespace comes from the parser, so that no address stands here.
function svg(tag, props = {}, ...children) {
  if (!svg.space) {
    const shell = document.createElement("template");
    shell.innerHTML = "<svg></svg>";
    svg.space = shell.content.firstChild.namespaceURI;
  }
  const el = document.createElementNS(svg.space, tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) el.setAttribute(key, value);
  }
  el.append(...children);
  return el;
}

// The playground in an element. `strings` as in strings.json; `state` to start from;
// `change(part)` hears what the reader did. Returns `{update(part), state}`.
export function mount(el, { strings, state: given = {}, change = () => {} }) {
  const t = filler(strings), state = { ...DEFAULTS, ...given }, id = `twd${++mounted}`;
  if (given.expression !== undefined && given.inputs === undefined) state.inputs = {};
  let program = null, view = null, flag = null, right = 0, answered = "", note = "";
  const locked = (key) => state.locked.includes(key);
  const set = (part, echo = true) => {
    Object.assign(state, part);
    if ("expression" in part || "mode" in part) state.filled = 0, (answered = ""), (note = "");
    if (echo) change({ ...part, results: draw() });
    else draw();
  };

  const error = html("p", { role: "alert" }), say = html("p", { className: "say", "aria-live": "polite" });
  const flagged = html("p", { className: "say flag", role: "status", hidden: true });
  const places = Object.fromEntries(["bar", "sliders", "modes", "graph", "task", "micro", "grid", "broken", "marks", "code"].map((key) => [key, html("div")]));
  const section = (key, ...children) => html("section", { "aria-labelledby": `${id}-${key}` }, html("h2", { id: `${id}-${key}` }, t(`title_${key}`)), ...children);
  const root = html("div", { className: "twd" }, html("style", {}, CSS),
    section("formula", places.bar, error, places.sliders),
    section("graph", places.modes, say, places.task, flagged, places.graph),
    html("div", { className: "grid" }, section("broken", places.broken), section("micro", places.micro),
      section("grid", places.grid), section("marks", places.marks), section("export", places.code)));
  el.replaceChildren(root);

  // A part is drawn anew without taking the reader's focus away.
  const fill = (place, ...children) => {
    const key = place.contains(document.activeElement) && document.activeElement.getAttribute("data-key");
    place.replaceChildren(...children.filter(Boolean));
    if (key) place.querySelector(`[data-key="${CSS_escape(key)}"]`)?.focus({ preventScroll: true });
  };
  const CSS_escape = (text) => text.replace(/["\\]/g, "\\$&");
  const choice = (key, options, label, value, onchange) => html("label", {}, label, html("select", {
    "data-key": key, disabled: locked(key), onchange: (e) => onchange(e.target.value),
  }, ...options.map(([v, text]) => html("option", { value: v, selected: String(v) === String(value) }, text))));
  const button = (key, text, onclick, more = {}) => html("button", { type: "button", "data-key": key, onclick, ...more }, text);

  const x = () => point(program, state.inputs);
  const f32 = () => state.dtype === "float32" || state.mistakes.includes("float32");
  const total = () => view.steps.length;
  const go = (step) => set({ step: Math.max(0, Math.min(total() - 1, step)) });
  const hides = () => state.task === "predict" && state.step < total() - 1;

  function keys(event) {
    const target = event.target.tagName;
    if (["INPUT", "SELECT", "TEXTAREA"].includes(target) || event.altKey || event.ctrlKey || event.metaKey) return;
    const move = { ArrowRight: state.step + 1, ArrowDown: state.step + 1, ArrowLeft: state.step - 1, ArrowUp: state.step - 1, Home: 0, End: total() - 1 }[event.key];
    if (move === undefined || !view || (hides() && move > state.step)) return;
    event.preventDefault();
    go(move);
  }
  places.graph.parentNode.addEventListener("keydown", keys);

  function draw() {
    drawBar();
    try {
      program = parse(state.expression);
      error.textContent = "";
    } catch (problem) {
      if (!(problem instanceof FormulaError)) throw problem;
      error.textContent = explain(problem, strings);
      return {};
    }
    state.out = Math.min(state.out, program.outputs.length - 1);
    state.wrt = Math.min(state.wrt, program.inputs.length - 1);
    view = walk(program, x(), state, strings);
    state.step = Math.max(0, Math.min(state.step, total() - 1));
    const switched = state.mistakes.length ? broken(program, x(), state.out, state.mistakes, { h: 1e-16 }) : null;
    flag = switched && switched.first;
    drawSliders(), drawModes(), drawSteps(), drawBroken(), drawMicro(), drawGrid(), drawMarks(), drawCode();
    return results();
  }

  function results() {
    const { matrix, passes } = jacobian(program, x(), state.mode, { h: state.h, scheme: state.scheme, f32: f32() });
    const finite = (n) => (Number.isFinite(n) ? n : String(n));
    return { jacobian: matrix.map((row) => row.map(finite)), passes, values: program.outputs.map((i) => finite(view.values[i])), sentence: say.textContent, first_wrong: flag && flag.mistake };
  }

  function drawBar() {
    if (places.bar.firstChild) {
      const field = places.bar.querySelector("input");
      if (field !== document.activeElement) field.value = state.expression;
      return;
    }
    const preset = choice("preset", [["", t("preset_none")], ...Object.keys(PRESETS).map((k) => [k, t(`preset_${k}`)])], t("label_preset"), "", (key) => {
      if (key) set({ expression: PRESETS[key][0], inputs: { ...PRESETS[key][1] }, step: 0, marks: [] });
    });
    preset.lastChild.disabled = locked("expression");
    fill(places.bar, html("div", { className: "row" },
      html("label", { className: "formula" }, t("label_formula"), html("input", {
        className: "formula", "data-key": "formula", value: state.expression, spellcheck: false, disabled: locked("expression"),
        oninput: (e) => set({ expression: e.target.value, step: 0, marks: [] }),
      })), preset));
  }

  function drawSliders() {
    fill(places.sliders, html("div", { className: "row" }, ...program.names.map((name, k) => {
      const value = x()[k], own = (e) => set({ inputs: { ...state.inputs, [name]: Number(e.target.value) } });
      return html("label", {}, name, html("input", {
        type: "range", min: -4, max: 4, step: 0.01, value, "data-key": `slide ${name}`, disabled: locked("inputs"),
        "aria-label": t("label_slide", { name }), oninput: own,
      }), html("input", {
        type: "number", step: "any", value, size: 7, "data-key": `number ${name}`, disabled: locked("inputs"),
        "aria-label": t("label_number", { name }), onchange: own,
      }));
    })));
  }

  function drawModes() {
    fill(places.modes, html("div", { className: "row", role: "group", "aria-label": t("label_mode") },
      ...MODES.map((mode) => button(mode, t(`mode_${mode}`), () => set({ mode, step: 0 }), { "aria-pressed": String(state.mode === mode), disabled: locked("mode") })),
      state.mode === "forward"
        ? choice("wrt", program.names.map((n, k) => [k, n]), t("label_input"), state.wrt, (v) => set({ wrt: Number(v), step: 0 }))
        : choice("out", program.outputs.map((o, k) => [k, program.nodes[o].name]), t("label_output"), state.out, (v) => set({ out: Number(v), step: 0 }))),
    html("div", { className: "row" },
      button("first", t("step_first"), () => go(0)), button("back", t("step_back"), () => go(state.step - 1)),
      button("next", t("step_next"), () => go(state.step + 1), { disabled: hides() }),
      button("last", t("step_last"), () => go(total() - 1), { disabled: hides() }),
      html("span", {}, t("step_count", { step: state.step + 1, steps: total() })),
      html("label", {}, html("input", { type: "checkbox", "data-key": "table", checked: state.table, onchange: (e) => set({ table: e.target.checked }) }), t("label_table")),
      html("label", {}, html("input", { type: "checkbox", "data-key": "predict", checked: state.task === "predict", disabled: locked("task"), onchange: (e) => set({ task: e.target.checked ? "predict" : "", step: 0 }) }), t("label_predict"))));
  }

  function drawSteps() {
    const now = view.steps[state.step];
    say.textContent = now.text;
    drawTask();
    flagged.hidden = !state.mistakes.length;
    flagged.textContent = !state.mistakes.length ? "" : flag ? t("flag", {
      name: program.nodes[flag.node].name, wrong: show(flag.wrong), right: show(flag.right),
      why: t(`why_${flag.mistake}`), test: t(`test_${flag.mistake}`),
    }) : t("flag_none");
    fill(places.graph, state.table ? tableOfSteps() : picture(now));
  }

  function drawTask() {
    if (state.task !== "predict") return fill(places.task);
    const next = view.steps[state.step + 1];
    if (!next) return fill(places.task, html("p", {}, t("predict_done", { right })));
    const about = program.nodes[next.to ?? next.node].name;
    fill(places.task, html("form", {
      className: "row", onsubmit: (e) => {
        e.preventDefault();
        answered = e.target.querySelector("input").value;
        if (!judge(answered, next.truth)) return (note = t("predict_no")), drawTask();
        right++, (note = t("predict_yes", { truth: show(next.truth) })), (answered = "");
        go(state.step + 1);
      },
    }, html("label", {}, t("predict_ask", { name: about }), html("input", { "data-key": "guess", size: 9, value: answered, autocomplete: "off" })),
    html("button", { "data-key": "check" }, t("predict_check")), html("span", { role: "status" }, note)));
  }

  function tableOfSteps() {
    const upto = hides() ? state.step + 1 : total();
    return html("div", { className: "scroll" }, html("table", {}, html("caption", {}, t("table_caption")),
      html("thead", {}, html("tr", {}, ...["table_step", "table_node", "table_value", "table_says"].map((key) => html("th", { scope: "col" }, t(key))))),
      html("tbody", {}, ...view.steps.slice(0, upto).map((s, k) => html("tr", { "aria-current": k === state.step && "step" },
        html("th", { scope: "row" }, String(k + 1)), html("td", {}, program.nodes[s.node].name),
        html("td", {}, show(view.values[s.node])), html("td", {}, s.text))))));
  }

  function picture(now) {
    const { at, over, columns, rows } = layout(program), W = 168, H = 92, w = 132, h = 62;
    const spot = (i) => [8 + at[i].column * W, 20 + at[i].row * H];
    const canvas = svg("svg", { width: columns * W, height: rows * H + 24, role: "group", "aria-label": t("picture", { nodes: program.nodes.filter((_, i) => at[i]).length }) });
    program.nodes.forEach((node, i) => node.args.forEach((arg) => {
      if (!at[arg] || !at[i]) return;
      const [ax, ay] = spot(arg), [bx, by] = spot(i), live = now.node === i && (now.to === undefined || now.to === arg);
      const y1 = ay + h / 2, y2 = by + h / 2;
      const kind = live && state.mode !== "difference" ? state.mode : "";
      let d = `M${ax + w} ${y1}`, [cx, cy] = [ax + w, y1];
      const to = (tx, ty) => ((d += `C${(cx + tx) / 2} ${cy} ${(cx + tx) / 2} ${ty} ${tx} ${ty}`), ([cx, cy] = [tx, ty]));
      for (const key of over[`${arg} ${i}`] || []) {
        const [ox, oy] = spot(key);
        to(ox, oy + h / 2), to(ox + w, oy + h / 2);
      }
      to(bx, y2);
      canvas.append(svg("path", { class: `edge ${kind}`, d }));
      if (kind === "forward") canvas.append(svg("path", { class: "edge forward", d: `M${bx - 9} ${y2 - 6}L${bx} ${y2}L${bx - 9} ${y2 + 6}` }));
      if (kind === "reverse") canvas.append(svg("path", { class: "edge reverse", "stroke-dasharray": "none", d: `M${ax + w + 9} ${y1 - 6}L${ax + w} ${y1}L${ax + w + 9} ${y1 + 6}` }));
    }));
    for (const i of program.nodes.keys()) {
      if (!at[i]) continue;
      const [px, py] = spot(i), node = program.nodes[i], derivative = now.shown[i];
      const known = derivative === undefined ? "" : `${t(`sign_${state.mode}`)} ${show(derivative)}`;
      const head = node.args.length ? `${node.name} = ${caption(program, i)}` : node.name;
      const cut = (text, n = 16) => (text.length > n ? `${text.slice(0, n - 1)}\u2026` : text);
      const label = t("node", { name: head, value: show(view.values[i]), derivative: known });
      const wrong = flag && flag.node === i;
      const group = svg("g", { class: `${now.node === i ? "now" : ""} ${wrong ? "wrong" : ""}`, tabindex: 0, role: "img", "data-key": `node ${i}`, "aria-label": wrong ? `${label} ${t("node_wrong")}` : label },
        svg("title", {}, label), svg("rect", { class: "box", x: px, y: py, width: w, height: h, rx: node.args.length ? 6 : 24 }));
      [cut(head), show(view.values[i]), known].forEach((text, k) => group.append(svg("text", { x: px + w / 2, y: py + 18 + 18 * k, "text-anchor": "middle" }, text)));
      if (now.sums[i]) group.append(svg("text", { x: px + w / 2, y: py - 5, "text-anchor": "middle" }, cut(now.sums[i], 22)));
      if (wrong) group.append(svg("text", { x: px + w - 8, y: py + 14, "text-anchor": "middle" }, "\u2717"));
      canvas.append(group);
    }
    return html("div", { className: "scroll" }, canvas);
  }

  function drawBroken() {
    fill(places.broken, ...MISTAKES.map((key) => html("div", {}, html("label", {}, html("input", {
      type: "checkbox", "data-key": `break ${key}`, checked: state.mistakes.includes(key), disabled: locked("mistakes"),
      onchange: (e) => set({ mistakes: MISTAKES.filter((m) => (m === key ? e.target.checked : state.mistakes.includes(m))), ...(e.target.checked && key !== "smallh" ? { mode: locked("mode") ? state.mode : "reverse" } : {}), ...(e.target.checked && key === "smallh" && !locked("h") ? { h: 1e-16 } : {}) }),
    }), t(`mistake_${key}`)))));
  }

  function drawMicro() {
    const found = curve(program, x(), state.wrt, state.out, state.scheme, { f32: f32() });
    const h = state.h, here = difference(program, x(), state.wrt, state.out, h, state.scheme, { f32: f32() });
    const off = Math.abs(here - found.truth), W = 340, H = 220, left = 44, low = -18, high = 2;
    const px = (v) => left + ((Math.log10(v) + 17) / 16) * (W - left - 8);
    const py = (v) => 8 + ((high - Math.max(low, Math.min(high, Math.log10(v)))) / (high - low)) * (H - 40);
    const chart = svg("svg", { viewBox: `0 0 ${W} ${H}`, width: "100%", role: "img", "aria-label": t("micro_alt", { own: show(found.own) }) });
    for (let e = -16; e <= 0; e += 4) chart.append(svg("line", { class: "axis", x1: left, x2: W - 8, y1: py(10 ** e), y2: py(10 ** e), "stroke-opacity": 0.35 }), svg("text", { x: left - 4, y: py(10 ** e) + 4, "text-anchor": "end" }, `1e${e}`));
    for (let e = -16; e < -1; e += 5) chart.append(svg("text", { x: px(10 ** e), y: H - 14, "text-anchor": "middle" }, `1e${e}`));
    chart.append(svg("text", { x: (W + left) / 2, y: H - 1, "text-anchor": "middle" }, "h"));
    for (const p of found.points) if (Number.isFinite(p.error)) chart.append(svg("circle", { class: "dot", cx: px(p.h), cy: py(p.error || 1e-18), r: 3 }));
    chart.append(svg("line", { class: "own", x1: left, x2: W - 8, y1: py(found.own || 1e-18), y2: py(found.own || 1e-18) }));
    if (h <= 0.1 && h >= 1e-17) chart.append(svg("line", { class: "at", x1: px(h), x2: px(h), y1: 8, y2: H - 32 }));
    fill(places.micro, html("div", { className: "row" },
      choice("scheme", SCHEMES.map((s) => [s, t(`scheme_${s}`)]), t("label_scheme"), state.scheme, (scheme) => set({ scheme })),
      choice("dtype", [["float64", "float64"], ["float32", "float32"]], t("label_dtype"), state.dtype, (dtype) => set({ dtype })),
      choice("micro-wrt", program.names.map((n, k) => [k, n]), t("label_input"), state.wrt, (v) => set({ wrt: Number(v) })),
      html("label", {}, t("label_h"), html("input", { type: "range", "data-key": "h", min: -17, max: -1, step: 0.25, value: Math.log10(h), disabled: locked("h"), "aria-valuetext": show(h), oninput: (e) => set({ h: 10 ** Number(e.target.value) }) }), html("span", {}, show(h)))),
    chart, html("p", {}, t("micro_says", { slope: show(here), truth: show(found.truth), off: show(off), own: show(found.own) })));
  }

  function drawGrid() {
    const ways = Object.fromEntries(MODES.map((way) => [way, jacobian(program, x(), way, { h: state.h, scheme: state.scheme, f32: f32() })]));
    const { matrix } = ways[state.mode], n = program.inputs.length, m = program.outputs.length;
    const need = { forward: n, reverse: m, difference: n * m }[state.mode];
    const full = (i, j) => ({ forward: j, reverse: i, difference: i * n + j })[state.mode] < state.filled;
    const most = Math.max(...MODES.map((way) => ways[way].stored));
    const cheaper = n === m ? "same" : n < m ? "forward" : "reverse";
    fill(places.grid, html("div", { className: "row" },
      button("fill", t("grid_fill"), () => set({ filled: Math.min(need, state.filled + 1) }, false), { disabled: state.filled >= need }),
      html("span", { role: "status" }, t(`grid_${state.mode}`, { done: Math.min(state.filled, need), need }))),
    html("div", { className: "scroll" }, html("table", {}, html("caption", {}, t("grid_caption")),
      html("thead", {}, html("tr", {}, html("th", {}, ""), ...program.names.map((name) => html("th", { scope: "col" }, name)))),
      html("tbody", {}, ...matrix.map((row, i) => html("tr", {}, html("th", { scope: "row" }, program.nodes[program.outputs[i]].name), ...row.map((v, j) => html("td", {}, full(i, j) ? show(v) : "\u00b7"))))))),
    html("div", { className: "row", role: "group", "aria-label": t("grid_cheaper") }, html("span", {}, t("grid_cheaper")),
      ...["forward", "reverse", "same"].map((way) => button(`cheap ${way}`, t(`cheap_${way}`), () => {
        places.grid.querySelector("[data-answer]").textContent = t(way === cheaper ? "cheap_right" : "cheap_wrong", { inputs: n, outputs: m });
      })), html("span", { "data-answer": "", role: "status" })),
    html("details", {}, html("summary", {}, t("cost_show")), html("div", { className: "scroll" }, html("table", {},
      html("thead", {}, html("tr", {}, ...["cost_way", "cost_passes", "cost_runs", "cost_stored"].map((key) => html("th", { scope: "col" }, t(key))))),
      html("tbody", {}, ...MODES.map((way) => html("tr", {}, html("th", { scope: "row" }, t(`mode_${way}`)), html("td", {}, String(ways[way].passes)), html("td", {}, String(ways[way].evaluations)),
        html("td", {}, html("meter", { min: 0, max: most, value: ways[way].stored, "aria-label": t("cost_stored") }), ` ${ways[way].stored}`))))))));
  }

  function drawMarks() {
    const places_ = chain(program);
    if (!places_) return fill(places.marks, html("p", {}, t("marks_none")));
    const n = places_.length, marks = state.marks.filter((k) => k < n), plan = checkpoints(n, marks), all = checkpoints(n, [...Array(n).keys()]);
    const W = 340, H = 110, dx = (W - 20) / plan.events.length, dy = (H - 24) / Math.max(all.peak, plan.peak);
    let d = `M10 ${H - 12}`;
    plan.events.forEach((e, k) => (d += `V${H - 12 - e.live * dy}H${10 + (k + 1) * dx}`));
    fill(places.marks, html("div", { className: "row", role: "group", "aria-label": t("marks_label") }, ...places_.slice(1).map((i, k) => button(`mark ${k + 1}`, program.nodes[places_[k]].name, () => {
      set({ marks: marks.includes(k + 1) ? marks.filter((m) => m !== k + 1) : [...marks, k + 1] }, false);
    }, { "aria-pressed": String(marks.includes(k + 1)) }))),
    svg("svg", { viewBox: `0 0 ${W} ${H}`, width: "100%", role: "img", "aria-label": t("marks_alt") }, svg("line", { class: "axis", x1: 10, x2: W - 10, y1: H - 12, y2: H - 12 }), svg("path", { class: "stairs", d })),
    html("p", { role: "status" }, t("marks_says", { peak: plan.peak, again: plan.again, plain: n })));
  }

  function drawCode() {
    const text = python(program, x(), state.target), area = html("textarea", { readOnly: true, value: text, "data-key": "code", "aria-label": t("export_label") });
    const told = html("span", { role: "status" });
    fill(places.code, html("div", { className: "row" },
      choice("target", TARGETS.map((target) => [target, t(`target_${target}`)]), t("export_for"), state.target, (target) => set({ target }, false)),
      button("copy", t("export_copy"), () => {
        area.select();
        Promise.resolve(navigator.clipboard?.writeText(text)).catch(() => document.execCommand("copy")).then(() => (told.textContent = t("export_copied")));
      }), told), area);
  }

  draw();
  return { state, update: (part) => set(part, false), results };
}

// -- the widget ---------------------------------------------------------------------
const TRAITS = ["expression", "inputs", "mode", "step", "h", "dtype", "mistakes", "locked", "task"];

export function render({ model, el }) {
  const state = Object.fromEntries(TRAITS.map((key) => [key, model.get(key)]));
  let busy = false;
  const send = (part) => {
    busy = true;
    for (const [key, value] of Object.entries(part)) if (TRAITS.includes(key) || key === "results") model.set(key, value);
    model.save_changes();
    busy = false;
  };
  const page = mount(el, { strings: model.get("strings"), state, change: send });
  const heard = TRAITS.map((key) => [`change:${key}`, () => busy || page.update({ [key]: model.get(key) })]);
  heard.forEach(([event, tell]) => model.on(event, tell));
  send({ results: page.results() });
  return () => heard.forEach(([event, tell]) => model.off(event, tell));
}

export default { render };
