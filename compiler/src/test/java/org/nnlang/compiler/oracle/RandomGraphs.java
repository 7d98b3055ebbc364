package org.nnlang.compiler.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoublePredicate;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.nnlang.compiler.autodiff.Gradients;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// Makes random procedures over small tensors. Each value is computed as it is made, and one that single precision
/// could not tell well is left out: too large, next to a pole, or a comparison of almost equal numbers. So a right
/// answer differs from the oracle's by rounding alone, and whoever differs by more is wrong.
public final class RandomGraphs {
    private static final double LARGEST = 30;

    /// The least distance to where an operation jumps, bends or has a pole.
    private static final double MARGIN = 0.02;

    private static final Dim B = Dim.symbol("b");
    private static final Dim T = Dim.symbol("t");

    private final SplittableRandom random;
    private final Graph graph = new Graph();
    private final Map<String, Long> sizes;
    private final Map<String, double[]> inputs = new HashMap<>();
    private final Map<String, double[]> variables = new HashMap<>();
    private final List<Node> pool = new ArrayList<>();
    private final List<Node> inputNodes = new ArrayList<>();
    private final List<Node> parameters = new ArrayList<>();
    private Interpreter oracle;

    private RandomGraphs(long seed) {
        random = new SplittableRandom(seed);
        sizes = Map.of("b", random.nextLong(1, 6), "t", random.nextLong(1, 4));
        oracle = oracle();
    }

    /// Procedures of one to 25 steps, small ones first to be blamed.
    public static Arbitrary<RandomGraph> arbitrary() {
        return Combinators.combine(Arbitraries.integers().between(1, 25), Arbitraries.longs())
                .as(RandomGraphs::generate);
    }

    /// The procedure of about `steps` operations that belongs to `seed`. It has outputs of several types, an update of
    /// a state, and, where its loss reaches parameters, their gradients as updates of slots.
    public static RandomGraph generate(int steps, long seed) {
        return new RandomGraphs(seed).generate(steps);
    }

    /// Draws that need no runtime: well-spread numbers that depend on distribution, stream and place.
    public static double[] draw(Form.Distribution distribution, long stream, int count) {
        var values = new double[count];
        for (int i = 0; i < count; i++) {
            double uniform = Math.floorMod(stream * 7919 + i * 104_729L, 1024) / 1024.0;
            values[i] = distribution == Form.Distribution.UNIFORM ? uniform : 4 * uniform - 2;
        }
        return values;
    }

    private Bindings bindings() {
        return new Bindings(sizes, inputs, variables, RandomGraphs::draw);
    }

    private Interpreter oracle() {
        return new Interpreter(bindings());
    }

    private RandomGraph generate(int steps) {
        for (var shape : List.of(
                Shape.of(B, Dim.of(3)), Shape.of(B), Shape.of(Dim.of(3)), Shape.of(B, T, Dim.of(2)), Shape.SCALAR)) {
            addInput(DType.F32, shape);
        }
        addInput(DType.I32, Shape.of(B));
        addInput(DType.U8, Shape.of(B, Dim.of(3)));
        addParameter(Shape.of(3, 4));
        addParameter(Shape.of(4));
        addParameter(Shape.of(2, 2));
        oracle = oracle();
        for (int i = 0; i < steps; i++) {
            for (int attempt = 0; attempt < 20 && !step(); attempt++) {}
        }
        return new RandomGraph(graph, procedure(), bindings());
    }

    private void addInput(DType dtype, Shape shape) {
        var name = "x" + inputs.size();
        var node = graph.input(name, new TensorType(dtype, shape));
        inputs.put(name, values(node));
        inputNodes.add(node);
        pool.add(node);
    }

    private void addParameter(Shape shape) {
        var name = "p" + variables.size();
        var node = graph.variable(name, Form.VariableKind.PARAMETER, new TensorType(DType.F32, shape));
        variables.put(name, values(node));
        parameters.add(node);
        pool.add(node);
    }

    private double[] values(Node node) {
        var values = new double[Math.toIntExact(node.shape().size().evaluate(sizes))];
        Arrays.setAll(
                values,
                i -> node.type().dtype() == DType.F32
                        ? random.nextInt(-1000, 1000) / 512.0
                        : random.nextInt(0, node.type().dtype() == DType.U8 ? 256 : 4));
        return values;
    }

    private Procedure procedure() {
        var outputs = new ArrayList<Procedure.Output>();
        var updates = new ArrayList<Procedure.Update>();
        for (var node : pool.subList(Math.max(0, pool.size() - 3), pool.size())) {
            outputs.add(new Procedure.Output("y" + outputs.size(), node));
        }
        pool.stream()
                .filter(node -> node.type().dtype() == DType.F32 && node.shape().isConstant())
                .reduce((_, last) -> last)
                .ifPresent(node -> updates.add(new Procedure.Update("s", Form.VariableKind.STATE, node)));
        var loss = loss();
        outputs.add(new Procedure.Output("loss", loss));
        var gradients = Gradients.gradients(graph, loss, parameters);
        for (var parameter : parameters) {
            var gradient = gradients.get(parameter);
            if (gradient != null && isBounded(gradient, 1000)) {
                var name = "gradient of " + ((Form.Variable) parameter.form()).name();
                updates.add(new Procedure.Update(name, Form.VariableKind.SLOT, gradient));
            }
        }
        return new Procedure("random", inputNodes, outputs, updates);
    }

    /// The mean of the squares of a late value.
    private Node loss() {
        Node y = pick(node -> node.type().dtype() == DType.F32);
        for (var node : pool.reversed().subList(0, 3)) {
            if (node.type().dtype() == DType.F32) {
                y = node;
                break;
            }
        }
        var count = graph.size(y.shape().size(), DType.F32);
        return graph.apply(Ops.DIV, graph.sum(graph.apply(Ops.MUL, y, y), all(y)), count);
    }

    private static List<Integer> all(Node node) {
        return Axes.range(0, node.type().rank());
    }

    private boolean isBounded(Node node, double bound) {
        return allOf(node, value -> Math.abs(value) <= bound);
    }

    private boolean allOf(Node node, DoublePredicate condition) {
        return Arrays.stream(oracle.evaluate(node)).allMatch(condition);
    }

    /// Adds a value that is well conditioned, or nothing.
    private boolean step() {
        var made = switch (random.nextInt(17)) {
            case 0, 1, 2, 3 -> elementwise();
            case 4, 5 -> withConstant();
            case 6 -> reduce();
            case 7, 8 -> contract();
            case 9 -> reshape();
            case 10 -> transpose();
            case 11 -> slice();
            case 12 -> pad();
            case 13 -> concat();
            case 14 -> broadcast();
            case 15 -> row();
            default -> lookupOrLeaf();
        };
        if (made == null || !isSmall(made) || !isBounded(made, 1e9)) {
            return false;
        }
        if (made.type().dtype() == DType.F32 && !isBounded(made, LARGEST)) {
            made = graph.apply(Ops.TANH, graph.apply(Ops.MUL, made, graph.fill(made.type(), 1.0 / 64)));
        }
        pool.add(made);
        return true;
    }

    /// Whether it has elements, but not many.
    private boolean isSmall(Node node) {
        long size = 1;
        for (var dim : node.shape().dims()) {
            size *= Math.max(0, dim.evaluate(sizes));
        }
        return size > 0 && size <= 400;
    }

    private Node pick(Predicate<Node> condition) {
        var fitting = pool.stream().filter(condition).toList();
        // Late values more often than early ones, so that graphs grow deep.
        int index = Math.max(random.nextInt(fitting.size()), random.nextInt(fitting.size()));
        return fitting.get(index);
    }

    private Node pickFloat() {
        return pick(node -> node.type().dtype() == DType.F32);
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /// An operation over values from the pool that have one shape; null where there are none.
    private Node elementwise() {
        var op = one(Ops.ALL);
        var meaning = one(op.meanings());
        var first = pick(_ -> true);
        var operands = new ArrayList<Node>();
        for (var dtype : meaning.inputs()) {
            Predicate<Node> fits = node -> node.type().dtype() == dtype && node.shape().equals(first.shape());
            operands.add(pool.stream().anyMatch(fits) ? pick(fits) : filled(dtype, first.shape()));
        }
        return wellConditioned(op, operands);
    }

    /// An operation over a value and a constant.
    private Node withConstant() {
        var x = pick(_ -> true);
        var ops = Ops.ALL.stream()
                .filter(op -> op.arity() == 2
                        && op.meaning(List.of(x.type().dtype(), x.type().dtype())).isPresent())
                .toList();
        if (ops.isEmpty()) {
            return null;
        }
        var constant = filled(x.type().dtype(), x.shape());
        return wellConditioned(one(ops), random.nextInt(4) == 0 ? List.of(constant, x) : List.of(x, constant));
    }

    private Node filled(DType dtype, Shape shape) {
        double value = dtype == DType.F32
                ? one(List.of(-2.0, -1.0, -0.25, 0.0, 0.5, 1.0, 2.0, 3.0))
                : random.nextInt(0, dtype == DType.BOOL ? 2 : 4);
        return graph.fill(new TensorType(dtype, shape), value);
    }

    /// The operation, or null where rounding its operands could change the result much.
    private Node wellConditioned(ElementwiseOp op, List<Node> operands) {
        var a = operands.getFirst();
        boolean floating = a.type().dtype() == DType.F32;
        boolean fits = switch (op.opcode().orElseThrow()) {
            case DIV -> allOf(operands.get(1), x -> Math.abs(x) > 0.2);
            case MIN, MAX, LT, LE, EQ, NE -> !floating || areApart(a, operands.get(1));
            case MOD ->
                !floating
                        || allOf(operands.get(1), x -> Math.abs(x) > 0.2)
                                && allOf(graph.apply(Ops.DIV, a, operands.get(1)), RandomGraphs::isFractional);
            case POW -> allOf(a, x -> x > 0.2) && isBounded(operands.get(1), 4);
            case SQRT, RSQRT, LOG -> allOf(a, x -> x > 0.1);
            case LOG1P -> allOf(a, x -> x > -0.9);
            case EXP, EXPM1 -> isBounded(a, 4);
            case ABS, SIGN -> !floating || allOf(a, x -> Math.abs(x) > MARGIN);
            case FLOOR, CEIL, TO_I32 -> !floating || allOf(a, RandomGraphs::isFractional);
            case ROUND -> allOf(a, x -> isFractional(x + 0.5));
            case TO_BOOL -> !floating || allOf(a, x -> Math.abs(x) > MARGIN);
            case ADD, SUB, MUL, FLOORDIV, FMA, NEG, TANH, ERF, SIN, COS, AND, OR, NOT, SELECT, TO_F32 -> true;
        };
        return fits ? graph.node(new Form.Elementwise(op), operands) : null;
    }

    private static boolean isFractional(double x) {
        return Math.abs(x - Math.rint(x)) > MARGIN;
    }

    private boolean areApart(Node a, Node b) {
        return allOf(graph.apply(Ops.SUB, a, b), x -> Math.abs(x) > MARGIN);
    }

    private Node reduce() {
        var x = pick(node -> node.type().dtype() == DType.F32 || node.type().dtype() == DType.I32);
        if (x.type().rank() == 0) {
            return null;
        }
        var kind = one(List.of(Form.ReduceKind.values()));
        var axes = all(x).stream().filter(_ -> random.nextBoolean()).toList();
        if (axes.isEmpty() || kind.isIndex()) {
            axes = List.of(random.nextInt(x.type().rank()));
        }
        boolean chooses = kind != Form.ReduceKind.SUM && kind != Form.ReduceKind.PRODUCT;
        if (kind == Form.ReduceKind.PRODUCT && !allOf(x, value -> Math.abs(value) > 0.2 && Math.abs(value) < 2)
                || chooses && x.type().dtype() == DType.F32 && !isSpread(x)) {
            return null;
        }
        return graph.reduce(kind, x, axes);
    }

    /// Orders or sums rows.
    private Node row() {
        var x = pick(node -> node.type().dtype() == DType.F32 || node.type().dtype() == DType.I32);
        var kind = one(List.of(Form.RowKind.values()));
        boolean orders = kind.isIndex();
        if (x.type().rank() == 0 || orders && x.type().dtype() == DType.F32 && !isSpread(x)) {
            return null;
        }
        return graph.row(kind, x);
    }

    /// Whether no two elements are almost equal.
    private boolean isSpread(Node x) {
        var sorted = oracle.evaluate(x);
        Arrays.sort(sorted);
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] - sorted[i - 1] < 1e-3) {
                return false;
            }
        }
        return true;
    }

    /// Pairs equal dimensions of two values, some as batch, some as contracted axes.
    private Node contract() {
        var lhs = pickFloat();
        var rhs = pickFloat();
        var lhsBatch = new ArrayList<Integer>();
        var rhsBatch = new ArrayList<Integer>();
        var lhsContract = new ArrayList<Integer>();
        var rhsContract = new ArrayList<Integer>();
        for (int i : all(lhs)) {
            for (int j : all(rhs)) {
                if (lhs.shape().dim(i).equals(rhs.shape().dim(j))
                        && !rhsBatch.contains(j)
                        && !rhsContract.contains(j)
                        && random.nextInt(3) > 0) {
                    boolean batch = random.nextInt(3) == 0;
                    (batch ? lhsBatch : lhsContract).add(i);
                    (batch ? rhsBatch : rhsContract).add(j);
                    break;
                }
            }
        }
        return lhs.type().rank() + rhs.type().rank() > 5
                ? null
                : graph.contract(lhs, rhs, new Form.Contract(lhsBatch, rhsBatch, lhsContract, rhsContract));
    }

    private Node reshape() {
        var x = pick(_ -> true);
        var dims = new ArrayList<>(x.shape().dims());
        if (random.nextBoolean() && dims.size() >= 2) {
            int at = random.nextInt(dims.size() - 1);
            dims.set(at, dims.get(at).times(dims.remove(at + 1)));
        } else {
            dims.add(random.nextInt(dims.size() + 1), Dim.ONE);
        }
        return dims.size() > 4 ? null : graph.reshape(x, new Shape(dims));
    }

    private Node transpose() {
        var x = pick(node -> node.type().rank() >= 1);
        var permutation = new ArrayList<>(all(x));
        for (int i = permutation.size() - 1; i > 0; i--) {
            permutation.set(i, permutation.set(random.nextInt(i + 1), permutation.get(i)));
        }
        return graph.transpose(x, permutation);
    }

    private Node slice() {
        var x = pick(node -> node.type().rank() >= 1);
        int axis = random.nextInt(x.type().rank());
        var dim = x.shape().dim(axis);
        if (!dim.isConstant()) {
            return random.nextBoolean()
                    ? graph.slice(x, axis, Dim.ZERO, Dim.ONE, 1)
                    : graph.slice(x, axis, Dim.ONE, dim, 1);
        }
        long start = random.nextLong(dim.constant());
        long limit = random.nextLong(start, dim.constant()) + 1;
        return graph.slice(x, axis, Dim.of(start), Dim.of(limit), random.nextInt(1, 4));
    }

    private Node pad() {
        var x = pick(node -> node.type().rank() >= 1 && node.type().dtype() != DType.U8);
        var low = new ArrayList<Dim>();
        var high = new ArrayList<Dim>();
        for (var _ : x.shape().dims()) {
            low.add(Dim.of(random.nextInt(3) / 2));
            high.add(Dim.of(random.nextInt(3) / 2));
        }
        return graph.pad(x, low, high);
    }

    private Node concat() {
        var x = pick(node -> node.type().rank() >= 1);
        int axis = random.nextInt(x.type().rank());
        var y = pick(node -> node.type().dtype() == x.type().dtype()
                && node.type().rank() == x.type().rank()
                && node.shape().with(axis, Dim.ONE).equals(x.shape().with(axis, Dim.ONE)));
        return graph.concat(axis, random.nextInt(3) == 0 ? List.of(x, y, x) : List.of(x, y));
    }

    private Node broadcast() {
        var x = pick(node -> node.type().rank() <= 3);
        var dims = new ArrayList<>(x.shape().dims());
        int at = random.nextInt(dims.size() + 1);
        dims.add(at, one(List.of(B, T, Dim.of(2), Dim.of(3), Dim.ONE)));
        return graph.broadcast(x, new Shape(dims), Axes.others(dims.size(), List.of(at)));
    }

    private Node lookupOrLeaf() {
        Predicate<Node> isIndex = node -> node.type().dtype() == DType.I32
                && node.type().rank() <= 2
                && allOf(node, value -> value >= 0 && value < 3);
        var shape = pick(_ -> true).shape();
        boolean hasIndex = pool.stream().anyMatch(isIndex);
        return switch (random.nextInt(7)) {
            case 0 -> hasIndex ? graph.gather(parameters.getFirst(), pick(isIndex)) : null;
            case 1 -> {
                if (!hasIndex) {
                    yield null;
                }
                var indices = pick(isIndex);
                if (pool.stream().noneMatch(node -> startsWith(node, indices))) {
                    yield null;
                }
                yield graph.scatterAdd(
                        Dim.of(3), indices, pick(node -> startsWith(node, indices)));
            }
            case 2 -> graph.random(one(List.of(Form.Distribution.values())), shape, pool.size());
            case 3 -> shape.isScalar() ? null : graph.iota(shape, random.nextInt(shape.rank()));
            case 4 -> {
                var x = pickFloat();
                yield x.type().rank() == 0
                        ? null
                        : graph.row(
                                random.nextBoolean() ? Form.RowKind.SUMS : Form.RowKind.SUMS_BACKWARDS, x);
            }
            case 5 -> graph.size(one(List.of(B, T, B.times(T), B.plus(1))), one(List.of(DType.F32, DType.I32)));
            default -> graph.stopGradient(pickFloat());
        };
    }

    private boolean startsWith(Node node, Node indices) {
        int rank = indices.type().rank();
        return node.type().dtype() == DType.F32
                && node.type().rank() >= rank
                && node.shape().part(0, rank).equals(indices.shape());
    }
}
