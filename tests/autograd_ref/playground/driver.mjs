// Answers a list of jobs on stdin with a list on stdout; `process.argv[2]` is the module.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const m = await import(pathToFileURL(process.argv[2]).href);
const jobs = {
  numbers({ formula, x }) {
    const p = m.parse(formula), at = m.point(p, x), values = m.run(p, at);
    const named = (list) => Object.fromEntries(
      p.nodes.flatMap((n, i) => (n.op === "const" ? [] : [[n.name, list[i]]])));
    return {
      inputs: p.names,
      outputs: p.outputs.map((o) => p.nodes[o].name),
      values: named(values),
      tangents: p.inputs.map((_, j) => named(m.forward(p, values, at.map((_, k) => +(j === k))).tangents)),
      adjoints: p.outputs.map((o) => named(m.backward(p, values, o).adjoints)),
    };
  },
  fuzz({ formula }) {
    try {
      const p = m.parse(formula);
      m.backward(p, m.run(p, p.names.map(() => 1)), p.outputs[0]);
      return "read";
    } catch (error) {
      if (error.name !== "FormulaError") throw error;
      return { code: error.code, at: error.at, expected: error.expected };
    }
  },
  broken: ({ formula, x, mistakes }) => m.broken(m.parse(formula), m.point(m.parse(formula), x), 0, mistakes),
  honest({ formula, x }) {
    const p = m.parse(formula);
    return m.backward(p, m.run(p, m.point(p, x)), p.outputs[0]).adjoints;
  },
  jacobian: ({ formula, x, way, options }) => m.jacobian(m.parse(formula), m.point(m.parse(formula), x), way, options),
  difference: ({ formula, x, h, scheme, options }) => m.difference(m.parse(formula), m.point(m.parse(formula), x), 0, 0, h, scheme, options),
  curve: ({ formula, x, scheme, options }) => m.curve(m.parse(formula), m.point(m.parse(formula), x), 0, 0, scheme, options),
  python: ({ formula, x, target }) => m.python(m.parse(formula), m.point(m.parse(formula), x), target),
  judge: ({ guess, truth }) => m.judge(guess, truth),
  checkpoints: ({ n, marks }) => m.checkpoints(n, marks),
  binomial: ({ n, slots }) => m.binomial(n, slots),
  marks: ({ plan, n }) => m.marksOf(plan, n),
  normals: ({ seed, n }) => m.normals(seed, n),
  compare: ({ value, slope, places }) => m.compare(value, slope, places),
  visits: ({ formula, x, mistakes }) => m.broken(m.parse(formula), m.point(m.parse(formula), x), 0, mistakes).steps.length,
  steps({ formula, x }) {
    const p = m.parse(formula), { steps } = m.backward(p, m.run(p, m.point(p, x)), p.outputs[0]);
    const name = (i) => p.nodes[i].name;
    return steps.flatMap(({ node, g, contributions }) => contributions.map((c) => [name(node), g, name(c.arg), c.after]));
  },
  tangents({ formula, x, v }) {
    const p = m.parse(formula), { tangents } = m.forward(p, m.run(p, m.point(p, x)), p.names.map((n) => v[n] ?? 0));
    return Object.fromEntries(p.nodes.map((n, i) => [n.name, tangents[i]]));
  },
  chain: ({ formula }) => m.chain(m.parse(formula)),
  walk: ({ formula, x, strings, mode }) => m.walk(m.parse(formula), m.point(m.parse(formula), x), mode, strings),
  facts: () => ({ mistakes: m.MISTAKES, modes: m.MODES, schemes: m.SCHEMES, presets: m.PRESETS, targets: m.TARGETS, rules: Object.keys(m.RULES), scenes: m.SCENES, plans: m.PLANS, visits: m.LIMITS.visits }),
};
const write = (key, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
const answers = JSON.parse(readFileSync(0, "utf8")).map((job) => jobs[job.job](job));
process.stdout.write(JSON.stringify(answers, write));
