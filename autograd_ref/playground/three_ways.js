// Three Ways Down: one formula, three ways to its derivative, always in step.
//
// All of the playground's mathematics, and its picture. No dependency, no network, no
// word of English: strings come in as an argument. The rules below are the one second
// copy of `autograd_ref/ops.py`; a test holds the two together to the last digits.

const { abs, cos, cosh, exp, max, min, sin, sinh } = Math;
export const LIMITS = { length: 1000, depth: 60, inputs: 12, visits: 2000 };
export const MISTAKES = [
  "overwrite", "breadth", "paths", "seed", "input", "zero", "float32", "smallh",
];
// Each scene is a page of few parts; the one without a name is the whole playground.
export const SCENES = {
  "": ["formula", "graph", "micro", "broken", "grid", "marks", "export"],
  microscope: ["formula", "micro"],
  arrows: ["formula", "arrows"],
  jacobian: ["formula", "grid"],
  stepper: ["formula", "graph", "broken"],
  folding: ["folding"],
  live: ["live"],
  surrogate: ["surrogate"],
  switches: ["switches"],
  staircase: ["marks"],
  flow: ["flow"],
};
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

// -- the parser --
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

// -- the table of rules --
// value(x, y), partials d[i](z, x, y), value of complex numbers c([re, im], ...).
const C = {
  mul: ([a, b], [c, d]) => [a * c - b * d, a * d + b * c],
  div: ([a, b], [c, d]) => {
    const n = c * c + d * d;
    return [(a * c + b * d) / n, (b * c - a * d) / n];
  },
  exp: ([a, b]) => [exp(a) * cos(b), exp(a) * sin(b)],
  log: ([a, b]) => [Math.log(Math.hypot(a, b)), Math.atan2(b, a)],
  log1p: ([a, b]) => [0.5 * Math.log1p(2 * a + a * a + b * b), Math.atan2(b, 1 + a)],
  sqrt: ([a, b]) => {
    if (a === 0 && b === 0) return [0, 0];
    const s = Math.sqrt((abs(a) + Math.hypot(a, b)) / 2);
    return a >= 0 ? [s, b / (2 * s)] : [abs(b) / (2 * s), b < 0 ? -s : s];
  },
  sin: ([a, b]) => [sin(a) * cosh(b), cos(a) * sinh(b)],
  cos: ([a, b]) => [cos(a) * cosh(b), -sin(a) * sinh(b)],
  sinh: ([a, b]) => [sinh(a) * cos(b), cosh(a) * sin(b)],
  cosh: ([a, b]) => [cosh(a) * cos(b), sinh(a) * sin(b)],
  tanh: ([a, b]) => {
    if (abs(a) > 20) return [Math.sign(a), 4 * sin(2 * b) * exp(-2 * abs(a)) / 2];
    const n = cosh(2 * a) + cos(2 * b);
    return [sinh(2 * a) / n, sin(2 * b) / n];
  },
  pow: (x, y) => {
    const n = y[0];
    if (y[1] === 0 && Number.isInteger(n) && abs(n) <= 64) {
      let z = [1, 0];
      for (let i = 0; i < abs(n); i++) z = C.mul(z, x);
      return n < 0 ? C.div([1, 0], z) : z;
    }
    return x[0] < 0 ? [NaN, NaN] : C.exp(C.mul(y, C.log(x)));
  },
};
const count = (n, each) => Array.from({ length: n }, (_, k) => each(k));
const sigmoid = (x) => (x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)));
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
  exp: { f: exp, d: [(z) => z], c: C.exp, z: true },
  log: { f: Math.log, d: [(z, x) => 1 / x], c: C.log },
  sqrt: { f: Math.sqrt, d: [(z) => 1 / (2 * z)], c: C.sqrt, z: true },
  sin: { f: sin, d: [(z, x) => cos(x)], c: C.sin },
  cos: { f: cos, d: [(z, x) => -sin(x)], c: C.cos },
  tan: { f: Math.tan, d: [(z) => 1 + z * z], c: (x) => C.div(C.sin(x), C.cos(x)), z: true },
  sinh: { f: sinh, d: [(z, x) => cosh(x)], c: C.sinh },
  cosh: { f: cosh, d: [(z, x) => sinh(x)], c: C.cosh },
  tanh: { f: Math.tanh, d: [(z) => 1 - z * z], c: C.tanh, z: true },
  log1p: { f: Math.log1p, d: [(z, x) => 1 / (1 + x)], c: C.log1p },
  expm1: {
    f: Math.expm1, d: [(z) => 1 + z], z: true,
    c: ([a, b]) => [Math.expm1(a) * cos(b) - 2 * sin(b / 2) ** 2, exp(a) * sin(b)],
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
    c: ([a, b]) => C.div([1, 0], [1 + exp(-a) * cos(b), -exp(-a) * sin(b)]),
  },
  softplus: {
    f: (x) => max(x, 0) + Math.log1p(exp(-abs(x))), d: [(z, x) => sigmoid(x)],
    c: (x) => C.log1p(C.exp(x)),
  },
  // Kinks: `abs` and comparisons look at the real part, as they do in any language.
  abs: { f: abs, d: [(z, x) => Math.sign(x)], c: ([a, b]) => [Math.hypot(a, b), 0] },
  relu: { f: (x) => (x > 0 || x !== x ? x : 0), d: [(z, x) => (x > 0 ? 1 : 0)], c: (x) => (x[0] > 0 ? x : [0, 0]), gate: true },
  max: { f: max, d: [(z, x, y) => tie(x, y, x > y), (z, x, y) => tie(x, y, y > x)], c: (x, y) => (x[0] >= y[0] ? x : y), gate: true },
  min: { f: min, d: [(z, x, y) => tie(x, y, x < y), (z, x, y) => tie(x, y, y < x)], c: (x, y) => (x[0] <= y[0] ? x : y), gate: true },
};

// -- values, tangents, adjoints --
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
  const steps = [];
  const seed = mistakes.includes("seed") ? 0 : 1;
  adjoints[out] += seed;
  const visit = (i, g) => {
    const node = nodes[i], contributions = [];
    const slopes = node.args.length
      ? partials(node, values[i], node.args.map((arg) => values[arg]), { f32, mistakes })
      : [];
    node.args.forEach((arg, k) => {
      if (!nodes[arg].depends) return;
      const term = r(times(RULES[node.op], g, slopes[k]));
      const before = adjoints[arg];
      adjoints[arg] = mistakes.includes("overwrite") ? term : r(before + term);
      contributions.push({ arg, partial: slopes[k], term, before, after: adjoints[arg] });
    });
    steps.push({ node: i, g, contributions });
    return contributions;
  };
  if (mistakes.includes("paths")) {
    // No node waits for its other users: right, and once more for every way to it.
    const waiting = [[out, seed]];
    while (waiting.length && steps.length < LIMITS.visits) {
      waiting.push(...visit(...waiting.pop()).map(({ arg, term }) => [arg, term]).reverse());
    }
  } else {
    for (const i of order(program, out, mistakes.includes("breadth"))) visit(i, adjoints[i]);
  }
  return { adjoints, steps };
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
    return { matrix, passes: inputs.length, evaluations: inputs.length, stored: 2 * min(ops, 3) };
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

// -- finite differences --
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
    points.push({ h, slope: found, error: abs(found - truth) });
  }
  const tiny = difference(program, x, j, i, 1e-100, "complex");
  const own = f32 ? slope(program, x, j, i, true) - truth
    : abs(tiny - truth) < 1e-8 * abs(truth) ? tiny - truth : 0;
  return { points, truth, own: max(abs(own), abs(truth) * (f32 ? 2 ** -24 : 2 ** -53)) };
}

export function slope(program, x, j, i, f32 = false) {
  const values = run(program, x, { f32 });
  return backward(program, values, program.outputs[i], { f32 }).adjoints[program.inputs[j]];
}

// -- break it --
const apart = (a, b) => !(a === b || (a !== a && b !== b) || abs(a - b) <= 1e-12 * max(abs(a), abs(b)));

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
    const found = (mistake, node, wrong, right, step = 0, more = {}) => ({ mistake, node, wrong, right, step, ...more });
    const has = (mistake) => mistakes.includes(mistake);
    const rounded = f32 ? values.findIndex((value, k) => apart(value, right[k])) : -1;
    if (rounded >= 0) return found("float32", rounded, values[rounded], right[rounded]);
    if (has("seed")) return found("seed", out, 0, 1);
    const start = left ? program.inputs.find((k) => left[k] !== 0) : undefined;
    if (start !== undefined) return found("zero", start, left[start], 0);
    for (const [step, { node, g, contributions }] of pass.steps.entries()) {
      if (has("breadth") && !has("paths") && apart(g, good.adjoints[node])) return found("breadth", node, g, good.adjoints[node], step);
      for (const { arg, term, before, after, partial } of contributions) {
        const due = good.steps.find((s) => s.node === node).contributions.filter((c) => c.arg === arg);
        if (has("input") && !due.some((c) => !apart(c.partial, partial))) return found("input", arg, term, due[0].term, step, { from: node });
        if (apart(after, before + term)) return found(f32 ? "float32" : "overwrite", arg, after, before + term, step, { from: node });
      }
    }
    for (let j = 0; has("smallh") && j < x.length; j++) {
      const wrong = difference(program, x, j, i, h, "forward"), truth = good.adjoints[program.inputs[j]];
      if (!(abs(wrong - truth) <= 1e-3 * abs(truth))) return found("smallh", program.inputs[j], wrong, truth);
    }
    const visits = [pass, good].map(({ steps }) => steps.length);
    if (has("paths") && visits[0] > visits[1]) return found("paths", out, ...visits);
    const last = f32 ? program.inputs.find((k) => apart(pass.adjoints[k], good.adjoints[k])) : undefined;
    return last === undefined ? null : found("float32", last, pass.adjoints[last], good.adjoints[last]);
  }
}

// -- predict, checkpoints, export --
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
  const unit = 10 ** (Math.floor(Math.log10(abs(truth))) - 2);
  return abs(guess - truth) <= 0.5 * unit * (1 + 1e-9);
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
    peak = max(peak, live.size);
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

// The same with at most `slots` values kept at any time, moved as the way back goes on:
// Griewank and Walther's binomial schedule, the fewest steps run again.
export function binomial(n, slots) {
  const kept = new Set(), events = [], parts = [[0, n, slots]];
  let at = 0, runs = 0, peak = 0;
  const tell = (phase, step) => {
    const live = kept.size + Number(at >= 0 && !kept.has(at));
    peak = max(peak, live);
    events.push({ phase, step, live });
  };
  while (parts.length) {
    const [start, stop, free] = parts.pop();
    if (stop - start === 1) {
      at = -1, kept.delete(start), tell("back", start);
      continue;
    }
    kept.add(start);
    const middle = start + split(stop - start, free);
    for (let k = start; k < middle; k++) at = k + 1, tell(runs++ < n - 1 ? "ahead" : "again", k);
    parts.push([start, middle, free], [middle, stop, free - 1]);
  }
  return { events, again: runs - (n - 1), peak };
}

function split(n, slots) {
  const reach = (s, r) => (s < 0 || r < 0 ? 0 : count(r, (i) => i).reduce((c, i) => (c * (s + i + 1)) / (i + 1), 1));
  let r = 0;
  while (reach(slots, r) < n) r++;
  return min(reach(slots, r - 1), n - reach(slots - 1, r - 1));
}

// Marks of a preset: nothing but the start, everything, or about the root of n.
export const PLANS = ["none", "all", "root", "binomial"];
export function marksOf(plan, n) {
  const each = { all: 1, root: Math.ceil(Math.sqrt(n)) }[plan] || n;
  return count(n, (k) => k).filter((k) => k && k % each === 0);
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
  const size = abs(x);
  return size >= 1e6 || size < 1e-4 ? x.toExponential(3).replace(/\.?0+e/, "e") : String(Number(x.toPrecision(6)));
}

// -- the steps of a mode, each a sentence --
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

const heading = (program, i) => (program.nodes[i].args.length ? `${program.nodes[i].name} = ${caption(program, i)}` : program.nodes[i].name);

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
    level[i] = node.args.length ? 1 + max(...node.args.map((arg) => level[arg])) : 0;
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
  const drawn = layers.filter(Boolean), rows = max(...drawn.map((l) => l.length));
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

// -- scenes without a graph --
// Normal random numbers, the same in every language: Park and Miller's generator, then
// Box and Muller's map of two uniform numbers.
export function normals(seed, n) {
  let s = 7919;
  const next = () => (s = (s * 48271) % 2147483647) / 2147483647;
  for (let k = 0; k < 100 * seed; k++) next();
  return count(n, () => Math.sqrt(-2 * Math.log(next())) * cos(2 * Math.PI * next()));
}

// Where a surrogate slope is told from the true one, as gradcheck does: `[x, true,
// surrogate, noticed]` for each place.
export function compare(value, surrogate, places) {
  const [f, g] = [value, surrogate].map(parse);
  return places.map((x) => {
    const truth = slope(f, [x], 0, 0), claim = run(g, [x])[g.outputs[0]];
    return [x, truth, claim, !(abs(claim - truth) <= 1e-5 + 1e-3 * abs(truth))];
  });
}

// -- the page --
// One rule a line; each is meant for what lies below .twd.
const CSS = `
@media all{.twd{--ink:#14171c;--paper:#fff;--soft:#eef1f5;--line:#5b6470;--a:#0072b2;--b:#b34700;--c:#00664b;--bad:#a80036;color:var(--ink);background:var(--paper);font:1rem/1.45 system-ui,sans-serif;padding:.6rem;box-sizing:border-box;max-width:76rem;margin:auto}}
*{box-sizing:border-box}
h2{font-size:1.05rem;margin:0 0 .4rem}
section,.twd form{border:1px solid var(--line);border-radius:.4rem;padding:.6rem;margin:0 0 .6rem;min-width:0}
.grid,.twd .pair{display:grid;gap:.6rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));align-items:start}
.row{display:flex;flex-wrap:wrap;gap:.4rem .7rem;align-items:center;margin:.3rem 0}
.row::before{content:none}
.scroll,.twd pre{overflow-x:auto}
label{display:inline-flex;gap:.35rem;align-items:center;max-width:100%}
input,.twd select,.twd button,.twd textarea{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:.3rem;padding:.25rem .5rem;max-width:100%;min-width:0}
input[type=number]{width:7rem}
input[type=range]{padding:0;width:9rem;accent-color:var(--a)}
button,.twd select{min-height:2rem}
button:hover{background:var(--soft)}
button[aria-pressed=true]{background:var(--ink);color:var(--paper)}
td button{width:100%;border:0;padding:.25rem;white-space:nowrap}
:focus-visible{outline:3px solid var(--b);outline-offset:2px}
.formula{flex:1 1 14rem;min-width:0;font-family:ui-monospace,monospace}
textarea{width:100%;height:12rem;font:.85rem/1.4 ui-monospace,monospace}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
caption{text-align:left;white-space:nowrap}
th,.twd td{border:1px solid var(--line);padding:.2rem .5rem;text-align:right}
th{text-align:left;background:var(--soft)}
tr[aria-current] td,.twd tr[aria-current] th{outline:2px solid var(--b)}
.say{background:var(--soft);border-left:.35rem solid var(--a);padding:.4rem .6rem;margin:.4rem 0;min-height:2.2rem}
.flag{border-left-color:var(--bad);border-left-style:double}
pre{background:var(--soft);padding:.4rem .6rem;margin:.3rem 0}
.copy{border-style:dashed;font-style:italic}
.meet{outline:3px solid var(--b);outline-offset:-3px;background:var(--soft);font-weight:700}
svg{display:block;max-width:none}
.key svg{display:inline;vertical-align:middle}
.chart{width:100%;max-width:36rem}
.drag{touch-action:pan-y;user-select:none;cursor:ew-resize}
text{fill:var(--ink);font:13px ui-monospace,monospace}
.box{fill:var(--paper);stroke:var(--line);stroke-width:1.5}
.now .box{stroke:var(--b);stroke-width:4}
.wrong .box{stroke:var(--bad);stroke-width:4;stroke-dasharray:3 3}
.edge{fill:none;stroke:var(--line);stroke-width:1.5}
.forward{stroke:var(--a);stroke-width:3.5}
.reverse{stroke:var(--b);stroke-width:3.5;stroke-dasharray:8 4}
.own{stroke:var(--c);stroke-width:2.5;stroke-dasharray:9 4}
.at{stroke:var(--b);stroke-width:2.5}
.axis,.twd .rule{stroke:var(--line)}
.rule{stroke-opacity:.3}
.line{fill:none;stroke-width:1.6}
:disabled{opacity:.65}
.faint{stroke-opacity:.45}
.strong{stroke-width:3}
.s0{stroke:var(--a)}
.s1{stroke:var(--b);stroke-dasharray:8 3}
.s2{stroke:var(--c);stroke-dasharray:2 3}
.s3{stroke:var(--line)}
.m0,.twd .bar{fill:var(--a)}
.m1{fill:var(--b)}
.m2{fill:var(--c)}
.m3{fill:none;stroke:var(--bad);stroke-width:2.5}
.zone{fill:var(--b);fill-opacity:.16}
@media (prefers-color-scheme:dark){.twd{--ink:#f2f4f7;--paper:#15181d;--soft:#232830;--line:#a7b0bd;--a:#56b4e9;--b:#e69f00;--c:#2fd6a8;--bad:#ff9ab0}}
@media (prefers-reduced-motion:no-preference){.twd .box,.twd .edge{transition:stroke .2s}}
`.replace(/^(?=[^@\n])/gm, ".twd ");
const DEFAULTS = {
  expression: PRESETS.diamond[0], inputs: PRESETS.diamond[1], mode: "reverse", step: 0, h: 1e-5,
  dtype: "float64", mistakes: [], locked: [], task: "", scheme: "central", wrt: 0, out: 0,
  marks: [], filled: 0, target: "value", table: false, scene: "", data: {}, v: {}, passes: 1,
  plan: "", slots: 3, op: "add", way: "ahead", case: 0, seed: 1, spread: 1, cell: [0, 0], layer: 0,
};
let mounted = 0;
const row = (...children) => html("div", { className: "row" }, ...children);
const group = (label, ...children) => html("div", { className: "row", role: "group", "aria-label": label }, ...children);

// JupyterLab keeps its keys, arrows among them, from what has the focus and says so.
const ours = (el) => el.tabIndex < 0 || (el.dataset.lmSuppressShortcuts = "true");

function html(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key === "key") el.dataset.key = value;
    else if (key in el && key !== "list") el[key] = value;
    else if (value !== false && value !== undefined) el.setAttribute(key, value);
  }
  ours(el);
  el.append(...children.filter(Boolean));
  return el;
}

// Makes `old` like `fresh` in place, so that what has the focus or is dragged stays.
const OWN = ["value", "checked", "selected", "onclick", "onchange", "oninput", "onsubmit", "onpointerdown", "onpointerup"];
function morph(old, fresh) {
  if (old.nodeName !== fresh.nodeName || old.dataset?.key !== fresh.dataset?.key) return old.replaceWith(fresh);
  if (old.nodeType === 3) return old.data === fresh.data || (old.data = fresh.data);
  for (const { name } of old.nodeName === "DETAILS" ? [] : [...old.attributes, ...fresh.attributes]) {
    const value = fresh.getAttribute(name);
    if (value === null) old.removeAttribute(name);
    else if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const now = [...old.childNodes], next = [...fresh.childNodes];
  next.forEach((child, k) => (now[k] ? morph(now[k], child) : old.append(child)));
  now.slice(next.length).forEach((child) => child.remove());
  for (const key of OWN) if (key in fresh && old[key] !== fresh[key]) old[key] = fresh[key];
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
    if (value !== undefined && value !== false) el.setAttribute(key, value);
  }
  ours(el);
  el.append(...children);
  return el;
}

const write = (x, y, text, anchor = "middle", more) => svg("text", { x, y, "text-anchor": anchor, ...more }, text);
const path = (kind, d, more) => svg("path", { class: kind, d, ...more });
const rule = (kind, x1, y1, x2, y2) => svg("line", { class: kind, x1, y1, x2, y2 });

// Rows as a table; the first cell of each is its head.
function tabled(caption, head, rows, now) {
  return html("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": caption }, html("table", {}, html("caption", {}, caption),
    html("thead", {}, html("tr", {}, ...head.map((text) => html("th", { scope: "col" }, text)))),
    html("tbody", {}, ...rows.map((row, k) => html("tr", { "aria-current": k === now && "step" },
      html("th", { scope: "row" }, row[0]), ...row.slice(1).map((cell) => html("td", {}, cell)))))));
}

// Line style and marker change together with the colour.
function marker(k, x, y, r = 3.2) {
  if (k === 1) return svg("rect", { class: "m1", x: x - r, y: y - r, width: 2 * r, height: 2 * r });
  const d = k === 2 ? `M${x} ${y - r - 1}l${r + 1} ${2 * r}h${-2 * r - 2}z` : `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`;
  return k ? path(`m${k}`, d) : svg("circle", { class: "m0", cx: x, cy: y, r });
}
const legend = (names, styles = [0, 1, 2], marks = true) => row(...names.map((name, k) => html("span", { className: "key" },
  svg("svg", { width: 38, height: 12, "aria-hidden": "true" }, path(`line strong s${styles[k]}`, "M0 6H38"), ...(marks ? [marker(styles[k], 19, 6)] : [])), ` ${name}`)));

const pair = (...charts) => html("div", { className: "pair" }, ...charts.map((chart) => html("div", {}, ...chart)));

// An empty chart with its axes; limits of a logarithmic axis are exponents of ten.
function plot(alt, xs, ys, { log = "", H = 220, W = 360, name = "" } = {}) {
  const left = 52, put = (axis, [a, b], v) => (max(a, min(b, log.includes(axis) ? Math.log10(v) : v)) - a) / (b - a);
  const x = (v) => left + put("x", xs, v) * (W - left - 12), y = (v) => H - 36 - put("y", ys, v) * (H - 46);
  const canvas = svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "chart", role: "img", "aria-label": alt });
  const ticks = (axis, [a, b], draw) => {
    const raw = (b - a) / 4, unit = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].find((n) => n * unit >= raw * 0.999) * unit;
    const tens = log.includes(axis), each = tens ? max(1, Math.round(raw)) : step;
    for (let k = Math.ceil(a / each - 1e-9); k * each <= b + 1e-9 * each; k++) {
      const v = Number((k * each).toPrecision(9));
      draw(tens ? 10 ** v : v, tens ? `1e${v}` : show(v));
    }
  };
  ticks("y", ys, (v, text) => canvas.append(rule("rule", left, y(v), W - 12, y(v)), write(left - 4, y(v) + 4, text, "end")));
  ticks("x", xs, (v, text) => canvas.append(write(x(v), H - 21, text)));
  canvas.append(rule("axis", left, H - 36, W - 12, H - 36), write((W + left) / 2, H - 6, name));
  const line = (points, k, more = "", each = 0) => {
    const good = points.filter(([, v]) => Number.isFinite(v) && (v > 0 || !log.includes("y")));
    canvas.append(path(`line s${k} ${more}`, `M${good.map(([u, v]) => `${x(u).toFixed(1)} ${y(v).toFixed(1)}`).join("L") || "0 0"}`));
    if (each) good.forEach(([u, v], i) => i % each || canvas.append(marker(k, x(u), y(v))));
  };
  return { canvas, x, y, line };
}

// A graph of boxes: `box(i)` gives `{lines, label, above, wrong}`, `kind(arg, i)` an
// edge's class; `now` is the node in step.
function drawing(program, alt, { now, box, kind = () => "", W = 184, w = 148 }) {
  const { at, over, columns, rows } = layout(program), H = 92, h = 62;
  const spot = (i) => [24 + at[i].column * W, 20 + at[i].row * H], cut = (text, n) => (text.length > n ? `${text.slice(0, n - 1)}\u2026` : text);
  const canvas = svg("svg", { width: columns * W + 14, height: rows * H + 24, role: "group", "aria-label": alt }, svg("g")), edges = canvas.firstChild;
  program.nodes.forEach((node, i) => node.args.forEach((arg) => {
    if (!at[arg] || !at[i]) return;
    const [ax, ay] = spot(arg), [bx, by] = spot(i), live = kind(arg, i), y1 = ay + h / 2, y2 = by + h / 2;
    let d = `M${ax + w} ${y1}`, [cx, cy] = [ax + w, y1];
    const to = (tx, ty) => ((d += `C${(cx + tx) / 2} ${cy} ${(cx + tx) / 2} ${ty} ${tx} ${ty}`), ([cx, cy] = [tx, ty]));
    for (const key of over[`${arg} ${i}`] || []) {
      const [ox, oy] = spot(key);
      to(ox, oy + h / 2), to(ox + w, oy + h / 2);
    }
    to(bx, y2);
    edges.append(path(`edge ${live}`, d));
    const [tail, tip, y] = live === "forward" ? [bx - 9, bx, y2] : [ax + w + 9, ax + w, y1];
    if (live) edges.append(path(`edge ${live}`, `M${tail} ${y - 6}L${tip} ${y}L${tail} ${y + 6}`, { style: "stroke-dasharray:none" }));
  }));
  program.nodes.forEach((node, i) => {
    if (!at[i]) return;
    const [px, py] = spot(i), { lines, label, above, wrong } = box(i);
    const group = svg("g", { class: `${now === i ? "now" : ""} ${wrong ? "wrong" : ""}`, tabindex: 0, role: "img", "data-key": `node ${i}`, "aria-label": label },
      svg("title", {}, label), svg("rect", { class: "box", x: px, y: py, width: w, height: h, rx: node.args.length ? 6 : 24 }));
    lines.forEach((text, k) => group.append(write(px + w / 2, py + 18 + 18 * k, cut(text, Math.floor(w / 8)))));
    if (above) group.append(write(px + w / 2, py - 5, cut(above, 22)));
    if (wrong) group.append(write(px + w - 8, py + 14, "\u2717"));
    canvas.append(group);
  });
  return html("div", { className: "scroll" }, canvas);
}

// The playground in an element. `strings` as in strings.json; `state` to start from;
// `change(part)` hears what the reader did. Returns `{update(part), state}`.
export function mount(el, { strings, state: given = {}, change = () => {} }) {
  const t = filler(strings), state = { ...DEFAULTS, ...given, ...given.data?.start }, id = `twd${++mounted}`;
  if (given.expression !== undefined && given.inputs === undefined) state.inputs = {};
  let program = null, view = null, flag = null, right = 0, answered = "", note = "";
  const locked = (key) => state.locked.includes(key === "preset" ? "expression" : key);
  const set = (part, echo = true) => {
    Object.assign(state, part);
    if ("expression" in part || "mode" in part) state.filled = 0, (answered = ""), (note = "");
    if (echo) change({ ...part, results: draw() });
    else draw();
  };

  const error = html("p", { role: "alert" }), say = html("p", { className: "say", "aria-live": "polite" });
  const flagged = html("p", { className: "say flag", role: "status", hidden: true });
  const parts = SCENES[state.scene] || SCENES[""], alone = !parts.includes("graph");
  const places = Object.fromEntries(["bar", "sliders", "modes", "graph", "task", ...parts].map((key) => [key, html("div")]));
  const told = Object.fromEntries(parts.map((key) => [key, html("p", { className: "say", role: "status" })]));
  const content = {
    formula: () => [places.bar, error, places.sliders], broken: () => [places.broken], export: () => [places.export],
    graph: () => [places.modes, say, places.task, flagged, places.graph],
  };
  const section = (key) => html("section", { "aria-labelledby": `${id}-${key}`, onkeydown: (e) => keys(e, key) },
    html("h2", { id: `${id}-${key}` }, t(`title_${key}`)), ...(content[key] || (() => [places[key], told[key]]))());
  const wide = state.scene ? parts : parts.slice(0, 3);
  el.replaceChildren(html("div", { className: "twd" }, html("style", {}, CSS), ...wide.map(section),
    html("div", { className: "grid" }, ...parts.slice(wide.length).map(section))));

  // What a part says in a sentence; an unchanged one is not read out again.
  const tell = (key, text) => told[key].textContent === text || (told[key].textContent = text);
  const fill = (part, ...children) => morph(places[part], html("div", {}, ...children));
  const choice = (key, options, label, value, onchange) => html("label", {}, label, html("select", {
    key, disabled: locked(key), onchange: (e) => onchange(e.target.value),
  }, ...options.map((o, k) => (Array.isArray(o) ? o : [k, o])).map(([v, text]) => html("option", { value: v, selected: String(v) === String(value) }, text))));
  const button = (key, text, onclick, more = {}) => html("button", {
    type: "button", key, onclick, ...more, "aria-pressed": "pressed" in more && String(more.pressed),
  }, text);

  const x = () => point(program, state.inputs);
  const f32 = () => state.dtype === "float32" || state.mistakes.includes("float32");
  const named = (i) => program.nodes[i].name;
  const total = () => view.steps.length;
  const within = (n, value) => max(0, min(n - 1, value));
  const go = (step) => set({ step: within(total(), step) });
  const check = (key, label, checked, onchange, more = {}) => html("label", {}, html("input", { type: "checkbox", key, checked, onchange: (e) => onchange(e.target.checked), ...more }), label);
  const range = (key, label, low, high, step, value, oninput, text = show(value), more = {}) => html("label", {}, label, html("input", { type: "range", key, min: low, max: high, step, value, "aria-valuetext": text, oninput: (e) => oninput(Number(e.target.value)), ...more }), html("span", {}, text));
  const toggles = (label, keys, now, text, onpick, more = {}) => group(t(label), ...keys.map((key) => button(key, t(`${text}_${key}`), () => onpick(key), { pressed: key === now, ...more })));
  const words = (keys) => keys.split(" ").map((key) => t(key));
  const asTable = () => check("table", t("label_table"), state.table, (table) => set({ table }));
  const hides = () => state.task === "predict" && state.step < total() - 1;

  // Arrow keys, Home and End step through the part that has the focus.
  function keys(event, part) {
    const target = event.target.tagName;
    if (["INPUT", "SELECT", "TEXTAREA"].includes(target) || event.altKey || event.ctrlKey || event.metaKey) return;
    const { size, at, to } = { graph: view?.steps && { size: total(), at: state.step, to: go }, ...steppers }[part] || {};
    const move = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: size - 1 }[event.key];
    if (move === undefined || !size || (part === "graph" && hides() && move > at)) return;
    event.preventDefault();
    to(within(size, move), { ArrowDown: 1, ArrowUp: -1 }[event.key]);
  }
  const steppers = {}, SHOW = {
    formula: drawSliders, graph: () => (drawModes(), drawSteps()), broken: drawBroken, micro: drawMicro, grid: drawGrid, marks: drawMarks,
    export: drawCode, arrows: drawArrows, folding: drawFolding, live: drawLive, surrogate: drawSurrogate, switches: drawSwitches, flow: drawFlow,
  };

  function draw() {
    if (parts.includes("formula")) drawBar();
    else return parts.forEach((part) => SHOW[part]()), results();
    try {
      program = parse(state.expression);
      error.textContent = "";
    } catch (problem) {
      if (!(problem instanceof FormulaError)) throw problem;
      error.textContent = explain(problem, strings);
      return {};
    }
    state.out = min(state.out, program.outputs.length - 1);
    state.wrt = min(state.wrt, program.inputs.length - 1);
    view = walk(program, x(), state, strings);
    state.step = within(total(), state.step);
    flag = state.mistakes.length ? broken(program, x(), state.out, state.mistakes).first : null;
    parts.forEach((part) => SHOW[part]());
    return results();
  }

  function results() {
    if (!program) return { sentence: told[parts[0]].textContent };
    const { matrix, passes } = jacobian(program, x(), state.mode, { h: state.h, scheme: state.scheme, f32: f32() });
    const finite = (n) => (Number.isFinite(n) ? n : String(n));
    return { jacobian: matrix.map((row) => row.map(finite)), passes, values: program.outputs.map((i) => finite(view.values[i])), sentence: (alone ? told[parts[1]] : say).textContent, first_wrong: flag && flag.mistake };
  }

  function drawBar() {
    const keys = Object.keys(PRESETS), now = keys.find((key) => PRESETS[key][0] === state.expression) || "";
    fill("bar", row(html("label", { className: "formula" }, t("label_formula"), html("input", {
      className: "formula", key: "formula", value: state.expression, spellcheck: false, disabled: locked("expression"),
      oninput: (e) => set({ expression: e.target.value, step: 0, marks: [] }),
    })), state.scene ? "" : choice("preset", [["", t("preset_none")], ...keys.map((key) => [key, t(`preset_${key}`)])], t("label_preset"), now, (key) => {
      if (key) set({ expression: PRESETS[key][0], inputs: { ...PRESETS[key][1] }, step: 0, marks: [] });
    })));
  }

  function drawSliders() {
    fill("sliders", row(...program.names.map((name, k) => {
      const value = x()[k], own = (e) => set({ inputs: { ...state.inputs, [name]: Number(e.target.value) } });
      return html("label", {}, name, html("input", {
        type: "range", min: -4, max: 4, step: 0.01, value, key: `slide ${name}`, disabled: locked("inputs"),
        "aria-label": t("label_slide", { name }), oninput: own,
      }), html("input", {
        type: "number", step: "any", value, key: `number ${name}`, disabled: locked("inputs"),
        "aria-label": t("label_number", { name }), onchange: own,
      }));
    })));
  }

  const modes = () => !(state.scene && locked("mode")) && toggles("label_mode", MODES, state.mode, "mode", (mode) => set({ mode, step: 0 }), { disabled: locked("mode") });

  function drawModes() {
    fill("modes", row(modes(), state.mode === "forward"
      ? choice("wrt", program.names, t("label_input"), state.wrt, (v) => set({ wrt: Number(v), step: 0 }))
      : choice("out", program.outputs.map((o) => named(o)), t("label_output"), state.out, (v) => set({ out: Number(v), step: 0 }))),
    row(
      button("first", t("step_first"), () => go(0)), button("back", t("step_back"), () => go(state.step - 1)),
      button("next", t("step_next"), () => go(state.step + 1), { disabled: hides() }),
      button("last", t("step_last"), () => go(total() - 1), { disabled: hides() }),
      html("span", {}, t("step_count", { step: state.step + 1, steps: total() })),
      asTable(), check("predict", t("label_predict"), state.task === "predict", (on) => set({ task: on ? "predict" : "", step: 0 }), { disabled: locked("task") })));
  }

  function drawSteps() {
    const now = view.steps[state.step];
    say.textContent = now.text;
    drawTask();
    flagged.hidden = !state.mistakes.length;
    flagged.textContent = !state.mistakes.length ? "" : flag ? t(flag.mistake === "paths" ? "flag_paths" : "flag", {
      name: named(flag.node), wrong: show(flag.wrong), right: show(flag.right),
      why: t(`why_${flag.mistake}`), test: t(`test_${flag.mistake}`),
    }) : t("flag_none");
    fill("graph", state.table ? tableOfSteps() : picture(now));
  }

  function drawTask() {
    if (state.task !== "predict") return fill("task");
    const next = view.steps[state.step + 1];
    if (!next) return fill("task", html("p", {}, t("predict_done", { right })));
    const about = named(next.to ?? next.node);
    fill("task", html("form", {
      className: "row", onsubmit: (e) => {
        e.preventDefault();
        answered = e.target.querySelector("input").value;
        if (!judge(answered, next.truth)) return (note = t("predict_no")), drawTask();
        right++, (note = t("predict_yes", { truth: show(next.truth) })), (answered = "");
        go(state.step + 1);
      },
    }, html("label", {}, t("predict_ask", { name: about }), html("input", { key: "guess", size: 9, value: answered, autocomplete: "off" })),
    html("button", { key: "check" }, t("predict_check")), html("span", { role: "status" }, note)));
  }

  function tableOfSteps() {
    const upto = hides() ? state.step + 1 : total();
    return tabled(t("table_caption"), words("table_step table_node table_value table_says"),
      view.steps.slice(0, upto).map((s, k) => [String(k + 1), named(s.node), show(view.values[s.node]), s.text]), state.step);
  }

  function picture(now) {
    return drawing(program, t("picture", { nodes: program.nodes.filter(({ op }) => op !== "const").length }), {
      now: now.node,
      kind: (arg, i) => (now.node === i && (now.to === undefined || now.to === arg) && state.mode !== "difference" ? state.mode : ""),
      box: (i) => {
        const derivative = now.shown[i], wrong = flag && flag.mistake !== "paths" && flag.node === i;
        const known = derivative === undefined ? "" : `${t(`sign_${state.mode}`)} ${show(derivative)}`;
        const head = heading(program, i), label = t("node", { name: head, value: show(view.values[i]), derivative: known });
        return { lines: [head, show(view.values[i]), known], label: wrong ? `${label} ${t("node_wrong")}` : label, above: now.sums[i], wrong };
      },
    });
  }

  function drawBroken() {
    fill("broken", ...(state.data.switches || MISTAKES).map((key) => html("div", {}, check(`break ${key}`, t(`mistake_${key}`), state.mistakes.includes(key), (on) => set({
      mistakes: MISTAKES.filter((m) => (m === key ? on : state.mistakes.includes(m))), step: 0,
      ...(on && key !== "smallh" ? { mode: locked("mode") ? state.mode : "reverse" } : {}), ...(on && key === "smallh" && !locked("h") ? { h: 1e-16 } : {}),
    }), { disabled: locked("mistakes") }))));
  }

  function drawMicro() {
    const all = SCHEMES.map((scheme) => curve(program, x(), state.wrt, state.out, scheme, { f32: f32() })), mine = SCHEMES.indexOf(state.scheme);
    const h = state.h, here = difference(program, x(), state.wrt, state.out, h, state.scheme, { f32: f32() }), { truth, own } = all[mine];
    const names = SCHEMES.map((s) => t(`scheme_${s}`)), error = plot(t("micro_alt", { own: show(own) }), [-17, -1], [-18, 2], { log: "xy", name: "h" });
    error.canvas.setAttribute("class", "chart drag");
    all.forEach(({ points }, k) => error.line(points.map((p) => [p.h, p.error === 0 ? 1e-18 : p.error]), k, k === mine ? "strong" : "faint", k === mine ? 1 : 6));
    error.canvas.append(rule("own", error.x(1e-17), error.y(own || 1e-18), error.x(0.1), error.y(own || 1e-18)), rule("at", error.x(h), 10, error.x(h), 184));
    fill("micro", row(
      choice("scheme", SCHEMES.map((s, k) => [s, names[k]]), t("label_scheme"), state.scheme, (scheme) => set({ scheme })),
      choice("dtype", [["float64", "float64"], ["float32", "float32"]], t("label_dtype"), state.dtype, (dtype) => set({ dtype })),
      choice("micro-wrt", program.names, t("label_input"), state.wrt, (v) => set({ wrt: Number(v) })),
      range("h", t("label_h"), -17, -1, 0.25, Math.log10(h), (v) => set({ h: 10 ** v }), show(h), { disabled: locked("h") }), alone && asTable()),
    state.table ? tabled(t("micro_caption"), ["h", ...names], count(17, (k) => [show(all[0].points[4 * k].h), ...all.map((c) => show(c.points[4 * k].error))]))
      : pair(secant(here, truth), [error.canvas, legend(names)]));
    tell("micro", t("micro_says", { h: show(h), slope: show(here), truth: show(truth), off: show(abs(here - truth)), own: show(own) }));
  }

  // The curve near x under a lens whose unit is h, with the secant whose slope is taken.
  function secant(here, truth) {
    const { h, wrt, scheme } = state, r = rounding(f32()), centre = r(x()[wrt]);
    const f = (v) => run(program, x().map((u, k) => (k === wrt ? v : u)), { f32: f32() })[program.outputs[state.out]];
    const rise = (u) => (f(r(centre + r(u * h))) - f(centre)) / h;
    const points = count(89, (k) => -2.2 + k / 20).map((u) => [u, rise(u)]);
    const top = max(...[2.2 * truth, ...points.map(([, v]) => v)].map(abs).filter(isFinite), 1e-12);
    const { canvas, line, x: px, y: py } = plot(t("secant_alt", { h: show(h) }), [-2.2, 2.2], [-top, top], { name: t("secant_axis", { h: show(h) }) });
    line(points, 3, "strong"), line([[-2.2, -2.2 * truth], [2.2, 2.2 * truth]], 2);
    const ends = { forward: [0, 1], central: [-1, 1], complex: [] }[scheme], base = ends.length && rise(ends[0]);
    if (ends.length) line([-2.2, 2.2].map((u) => [u, base + here * (u - ends[0])]), 1, "strong");
    for (const u of ends) if (isFinite(rise(u))) canvas.append(marker(1, px(u), py(rise(u)), 5));
    return [canvas, legend(words(ends.length ? "secant_curve secant_tangent secant_secant" : "secant_curve secant_tangent"), [3, 2, 1], false)];
  }

  // h is dragged on the chart too; the place that stays hears it, for the chart is redrawn.
  let look = null;
  for (const event of ["focusin", "pointerover"]) places.folding?.addEventListener(event, (e) => look(e));
  if (places.micro) {
    const slide = (e) => {
      const box = places.micro.querySelector(".drag").getBoundingClientRect(), at = (((e.clientX - box.left) / box.width) * 360 - 52) / 296;
      set({ h: 10 ** (Math.round(4 * (max(0, min(1, at)) * 16 - 17)) / 4) });
    };
    places.micro.addEventListener("pointerdown", (e) => !locked("h") && e.target.closest(".drag") && (places.micro.setPointerCapture(e.pointerId), slide(e)));
    places.micro.addEventListener("pointermove", (e) => places.micro.hasPointerCapture(e.pointerId) && slide(e));
  }

  function drawGrid() {
    const ways = Object.fromEntries(MODES.map((way) => [way, jacobian(program, x(), way, { h: state.h, scheme: state.scheme, f32: f32() })]));
    const { matrix } = ways[state.mode], n = program.inputs.length, m = program.outputs.length;
    const need = { forward: n, reverse: m, difference: n * m }[state.mode];
    const full = (i, j) => ({ forward: j, reverse: i, difference: i * n + j })[state.mode] < state.filled;
    const most = max(...MODES.map((way) => ways[way].stored));
    const cheaper = n === m ? "same" : n < m ? "forward" : "reverse";
    const done = min(state.filled, need), step = (filled) => set({ filled }, false);
    steppers.grid = { size: need + 1, at: done, to: step };
    fill("grid", alone && modes(),
      row(button("fill", t("grid_fill"), () => step(min(need, done + 1))), alone ? t("grid_keys") : ""),
      tabled(t("grid_caption"), ["", ...program.names], matrix.map((row, i) => [named(program.outputs[i]), ...row.map((v, j) => (full(i, j) ? show(v) : "\u00b7"))])),
      group(t("grid_cheaper"), html("span", {}, t("grid_cheaper")),
        ...["forward", "reverse", "same"].map((way) => button(`cheap ${way}`, t(`cheap_${way}`), () => {
          places.grid.querySelector("[data-answer]").textContent = t(way === cheaper ? "cheap_right" : "cheap_wrong", { inputs: n, outputs: m });
        })), html("span", { "data-answer": "", role: "status" })),
      html("details", { open: alone }, html("summary", {}, t("cost_show")), tabled("", words("cost_way cost_passes cost_runs cost_stored"),
        MODES.map((way) => [t(`mode_${way}`), String(ways[way].passes), String(ways[way].evaluations), html("span", {}, html("meter", { min: 0, max: most, value: ways[way].stored, "aria-label": t("cost_stored") }), ` ${ways[way].stored}`)]))));
    tell("grid", `${t(`grid_${state.mode}`, { done, need })} ${alone ? t("grid_bill", ways[state.mode]) : ""}`);
  }

  function drawMarks() {
    const steps = program && chain(program);
    if (!steps && !state.data.steps) return fill("marks"), tell("marks", t("marks_none"));
    const n = state.data.steps || steps.length, name = (k) => (steps ? named(steps[k - 1]) : String(k));
    const marks = state.marks.filter((k) => k < n), slots = min(state.slots, n), spread = state.plan === "binomial";
    const plan = spread ? binomial(n, slots) : checkpoints(n, marks), put = (...next) => set({ marks: next, plan: "" }, false);
    const stairs = plot(t("marks_alt"), [0, plan.events.length], [0, n], { W: 460, name: t("marks_axis") });
    stairs.canvas.append(path("line strong s0", `M${stairs.x(0)} ${stairs.y(0)}${plan.events.map((e, k) => `V${stairs.y(e.live)}H${stairs.x(k + 1)}`).join("")}`));
    let held = 0;
    fill("marks", row(toggles("marks_plans", PLANS, state.plan, "plan", (plan) => set({ plan, marks: marksOf(plan, n) }, false)), range("slots", t("marks_slots"), 1, max(2, n), 1, slots, (value) => set({ slots: value, plan: "binomial" }, false)), alone && asTable()),
    group(t("marks_label"), ...count(n - 1, (i) => i + 1).map((k) => button(`mark ${k}`, name(k), () => {
      put(...marks.filter((m) => m !== k), ...(marks.includes(k) ? [] : [k]));
    }, { // a kept value can be dragged to another place
      pressed: !spread && marks.includes(k), onpointerdown: () => (held = k),
      onpointerup: () => held && held !== k && marks.includes(held) && put(...marks.filter((m) => m !== held && m !== k), k),
    }))),
    state.table ? tabled(t("marks_alt"), words("table_step table_says marks_alive"), plan.events.map((e, k) => [String(k + 1), t(`phase_${e.phase}`, { step: e.step + 1 }), String(e.live)])) : stairs.canvas);
    tell("marks", t("marks_says", { peak: plan.peak, again: plan.again, plain: n }));
  }

  // -- scenes of the lessons --
  function drawArrows() {
    const known = Object.keys(state.v).length, v = program.names.map((name, k) => Number(state.v[name] ?? Number(!known && !k)));
    const values = run(program, x()), { tangents } = forward(program, values, v), names = program.names;
    const turn = (next) => set({ v: Object.fromEntries(names.map((name, k) => [name, next[k]])), passes: state.passes + 1 }, false);
    const shown = [...program.nodes.keys()].filter((i) => program.nodes[i].op !== "const");
    const ends = [0, ...shown.flatMap((i) => [values[i], values[i] + tangents[i]])].filter(isFinite), low = min(...ends), high = max(...ends);
    const W = 620, left = 150, px = (u) => left + 10 + ((u - low) / (high - low || 1)) * 260;
    const canvas = svg("svg", { width: W, height: 34 * shown.length + 8, role: "img", "aria-label": t("arrows_alt") });
    shown.forEach((i, row) => {
      const y = 24 + 34 * row, [from, to] = [px(values[i]), px(values[i] + tangents[i])], tip = abs(to - from) > 9 ? 7 * Math.sign(to - from) : 0;
      canvas.append(write(0, y + 4, heading(program, i).slice(0, 18), "start"), rule("rule", left, y, 430, y),
        path("line at", `M${from} ${y}H${to}${tip ? `m${-tip} -5L${to} ${y}l${-tip} 5` : ""}`), marker(0, from, y, 5),
        write(440, y + 4, `${show(values[i])}, ${show(tangents[i])}`, "start"));
    });
    const unit = (k) => names.map((_, j) => Number(j === k));
    fill("arrows", group(t("arrows_label"), ...names.map((name, k) => button(`along ${name}`, t("arrows_along", { name }), () => turn(unit(k)), { pressed: v.join() === unit(k).join() })),
      ...names.map((name, k) => range(`seed ${name}`, t("arrows_seed", { name }), -1, 1, 0.05, v[k], (value) => turn(v.map((u, j) => (j === k ? value : u))))), asTable()),
    state.table ? tabled(t("arrows_alt"), words("table_node table_value sign_forward"), shown.map((i) => [heading(program, i), show(values[i]), show(tangents[i])])) : html("div", { className: "scroll", tabIndex: 0 }, canvas));
    const out = program.outputs[state.out];
    tell("arrows", t("arrows_says", { v: v.map(show).join(", "), out: named(out), slope: show(tangents[out]), passes: state.passes, inputs: names.length }));
  }

  function drawFolding() {
    const { a, b, shape, meets, ops } = state.data, found = ops[state.op], ahead = state.way === "ahead", sides = [a, b];
    const each = (make) => ["a", "b"].map((name, side) => make(name, side, sides[side]));
    const own = (side) => (k) => `${side}-${k}`, from = (side) => (k) => `${side}-${meets[k][side]}`, both = (k) => `${from(0)(k)} ${from(1)(k)}`;
    const grid = (title, sizes, values, word, key) => {
      const wide = sizes.length ? sizes[sizes.length - 1] : 1, seen = new Set();
      const cell = (k) => html("td", { "data-meets": word(k), className: seen.has(word(k)) ? "copy" : "", tabIndex: key ? 0 : -1, key: key ? key + k : "" }, show(values[k]));
      return html("table", {}, html("caption", {}, `${title} (${sizes.join(", ")})`), html("tbody", {}, ...count(values.length / wide, (r) => html("tr", {}, ...count(wide, (c) => [cell(r * wide + c), seen.add(word(r * wide + c))][0])))));
    };
    fill("folding", row(toggles("folding_label", ["ahead", "back"], state.way, "folding", (way) => set({ way }, false)),
      choice("op", [["add", "a + b"], ["mul", "a * b"]], t("folding_op"), state.op, (op) => set({ op }, false))), row(...(ahead
      ? [...each((name, side, { shape: sizes, values }) => grid(name, sizes, values, own(side), name)),
        ...each((name, side, { values }) => grid(t("folding_copied", { name }), shape, meets.map((m) => values[m[side]]), from(side))), grid("out", shape, found.out, both, "out")]
      : [grid(t("folding_g"), shape, found.g, both, "out"), ...each((name, side) => grid(t("folding_shares", { name }), shape, found.shares[side], from(side))),
        ...each((name, side, { shape: sizes }) => grid(t("folding_sums", { name }), sizes, found.sums[side], own(side), name))])));
    look = ({ target: { dataset: { meets: key } } }) => {
      if (!key) return;
      for (const cell of places.folding.querySelectorAll("td")) cell.classList.toggle("meet", cell.dataset.meets.split(" ").some((word) => key.split(" ").includes(word)));
      const said = key.split(" ").map((word) => {
        const [side, k] = word.split("-").map(Number), uses = meets.flatMap((m, i) => (m[side] === k ? [i] : []));
        return t("folding_says", { name: sides[side].names[k], count: uses.length, parts: uses.map((i) => show(found.shares[side][i])).join(" + "), sum: show(found.sums[side][k]) });
      });
      tell("folding", said.join(" "));
    };
    if (!told.folding.textContent) tell("folding", t("folding_start"));
  }

  function drawLive() {
    const { nodes } = state.data, n = nodes.length, step = within(n, state.step), now = n - 1 - step, pick = (to) => set({ step: to });
    steppers.live = { size: n, at: step, to: pick };
    fill("live", row(button("back", t("step_back"), () => pick(within(n, step - 1))), button("next", t("step_next"), () => pick(within(n, step + 1))),
      html("span", {}, t("step_count", { step: step + 1, steps: n })), asTable()),
    state.table ? tabled(t("live_alt"), state.data.head, [...nodes].reverse().map((node) => node.row), step)
      : drawing({ nodes: nodes.map(({ args }) => ({ op: "node", args })) }, t("live_alt"), { now, W: 180, w: 152, box: (i) => ({ lines: nodes[i].lines, label: nodes[i].says }), kind: (arg, i) => (i === now ? "reverse" : "") }));
    tell("live", nodes[now].says);
  }

  function drawSurrogate() {
    const { cases, draws } = state.data, { name, value, slope: claim } = cases[state.case], xs = count(161, (k) => -8 + k / 10);
    const line = compare(value, claim, xs), drawn = normals(state.seed, draws).map((u) => u * state.spread), found = compare(value, claim, drawn);
    const missed = found.filter(([, , , seen]) => seen).length, f = parse(value), slopes = line.flatMap(([, u, v]) => [u, v]);
    const values = xs.map((u) => run(f, [u])[f.outputs[0]]), upper = plot(t("surrogate_curve", { name }), [-8, 8], [min(0, ...values), max(...values, 1)], { H: 150, name: "x" });
    upper.line(xs.map((u, k) => [u, values[k]]), 3, "strong");
    const lower = plot(t("surrogate_alt"), [-8, 8], [min(0, ...slopes), max(...slopes) * 1.05], { name: "x" }), half = 0.3 + (lower.x(0.1) - lower.x(0)) / 2;
    for (const [u, , , seen] of line) if (seen) lower.canvas.append(svg("rect", { class: "zone", x: lower.x(u) - half, width: 2 * half, y: 10, height: 174 }));
    lower.line(line.map(([u, truth]) => [u, truth]), 0, "strong", 20), lower.line(line.map(([u, , v]) => [u, v]), 1, "strong", 16);
    for (const [u, truth, , seen] of found) lower.canvas.append(seen ? marker(3, lower.x(u), lower.y(truth), 5) : marker(2, lower.x(u), 184));
    fill("surrogate", row(choice("case", cases.map((c) => c.name), t("surrogate_case"), state.case, (k) => set({ case: Number(k) }, false)),
      range("seed", t("surrogate_seed"), 1, 40, 1, state.seed, (seed) => set({ seed }, false)), range("spread", t("surrogate_spread"), 0.5, 6, 0.5, state.spread, (spread) => set({ spread }, false)), asTable()),
    state.table ? tabled(t("surrogate_alt"), words("surrogate_x surrogate_true surrogate_claim surrogate_noticed"), found.sort((p, q) => p[0] - q[0]).map(([u, truth, v, seen]) => [show(u), show(truth), show(v), t(seen ? "yes" : "no")]))
      : pair([upper.canvas], [lower.canvas, legend(words("surrogate_true surrogate_claim surrogate_point"))]));
    tell("surrogate", t(missed ? "surrogate_seen" : "surrogate_passed", { count: draws, missed, seed: state.seed, far: show(max(...drawn.map(abs))) }));
  }

  function drawSwitches() {
    const { switches, questions, answers, ways, proofs } = state.data, [row, column] = state.cell, wide = questions.length;
    const pick = (i, j) => (set({ cell: [i, j] }), places.switches.querySelector(`[data-key="cell ${i} ${j}"]`).focus());
    steppers.switches = {
      size: switches.length * wide, at: row * wide + column,
      to: (k, down) => (down ? pick(within(switches.length, row + down), column) : pick(Math.floor(k / wide), k % wide)),
    };
    fill("switches", tabled(t("switches_caption"), [t("switches_head"), ...questions], switches.map((name, i) => [name, ...answers[i].map((yes, j) => button(`cell ${i} ${j}`, `${yes ? "\u2713" : "\u2717"} ${t(yes ? "yes" : "no")}`, () => pick(i, j), {
      tabIndex: i === row && j === column ? 0 : -1, pressed: i === row && j === column, "aria-label": `${name}, ${questions[j]} ${t(yes ? "yes" : "no")}`,
    }))])), html("pre", {}, `${ways[row]}\n${proofs[column]}`));
    tell("switches", t("switches_says", { switch: switches[row], question: questions[column], answer: t(answers[row][column] ? "yes" : "no") }));
  }

  function drawFlow() {
    const { layers, norms, limits, edges, counts, zeros } = state.data, n = norms[0].length, step = within(n, state.step), layer = within(layers.length, state.layer);
    const lines = plot(t("flow_alt"), [0, n - 1], limits, { log: "y", H: 240, name: t("flow_step") }), here = norms[layer][step];
    norms.forEach((line, k) => k === layer || lines.line(line.map((v, i) => [i, v]), 3, "faint"));
    lines.line(norms[layer].map((v, i) => [i, v]), 0, "strong", Math.ceil(n / 12));
    lines.canvas.append(rule("at", lines.x(step), 10, lines.x(step), 204));
    for (const k of new Set([0, layers.length - 1, layer])) lines.canvas.append(write(348, lines.y(norms[k][n - 1]) - 4, layers[k], "end", { "font-weight": k === layer ? 700 : 400 }));
    const bins = counts[layer][step], bars = plot(t("flow_bars"), [edges[0], edges[edges.length - 1]], [0, max(...bins, 1)], { H: 240, name: t("flow_size") });
    bins.forEach((v, k) => bars.canvas.append(svg("rect", { class: "bar", x: bars.x(edges[k]) + 1, width: bars.x(edges[k + 1]) - bars.x(edges[k]) - 2, y: bars.y(v), height: 204 - bars.y(v) })));
    steppers.flow = { size: n, at: step, to: (k, down) => set(down ? { layer: within(layers.length, layer - down) } : { step: k }) };
    fill("flow", row(choice("layer", layers, t("flow_layer"), layer, (k) => set({ layer: Number(k) })),
      range("flow step", t("flow_step"), 0, n - 1, 1, step, (k) => set({ step: k })), asTable()),
    state.table ? tabled(t("flow_alt"), [t("flow_step"), ...layers], norms[0].map((_, i) => [String(i), ...norms.map((line) => show(line[i]))]), step)
      : html("div", { tabIndex: 0, role: "group", key: "strip", "aria-label": t("flow_keys") }, pair([lines.canvas], [bars.canvas])));
    tell("flow", t("flow_says", { layer: layers[layer], step, norm: show(here), zeros: zeros[layer][step] }));
  }

  function drawCode() {
    const text = python(program, x(), state.target), find = (what) => places.export.querySelector(what);
    fill("export", row(
      choice("target", TARGETS.map((target) => [target, t(`target_${target}`)]), t("export_for"), state.target, (target) => set({ target }, false)),
      button("copy", t("export_copy"), () => {
        find("textarea").select();
        Promise.resolve(navigator.clipboard?.writeText(text)).catch(() => document.execCommand("copy")).then(() => (find("[role=status]").textContent = t("export_copied")));
      }), html("span", { role: "status" })), html("textarea", { readOnly: true, value: text, key: "code", "aria-label": t("export_label") }));
  }

  draw();
  return { state, update: (part) => set(part, false), results };
}

// -- the widget --
const TRAITS = ["expression", "inputs", "mode", "step", "h", "dtype", "mistakes", "locked", "task", "scene", "data"];

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
