package org.nnlang.compiler.oracle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Body;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.runtime.tensor.DType;

/// Computes IR in double precision, one element after the other, in the plainest way there is. Whole numbers are exact
/// and wrap around as i32 does.
public final class Interpreter {
    private final Bindings bindings;

    /// Whether every value is rounded to what its dtype can hold, so that it overflows where the runtime's does.
    private final boolean single;

    private final Map<Node, double[]> values = new HashMap<>();

    /// The results that are wanted of each loop.
    private final Map<Loop, Set<Node>> loops = new LinkedHashMap<>();

    /// What scans that are one loop have in common.
    private record Loop(Body body, Dim trips, boolean reversed, List<Node> inputs) {
        static Loop of(Form.Scan scan, Node node) {
            return new Loop(scan.body(), scan.trips(), scan.reversed(), node.inputs());
        }
    }

    /// An interpreter that remembers what it has computed.
    public Interpreter(Bindings bindings) {
        this(bindings, false);
    }

    private Interpreter(Bindings bindings, boolean single) {
        this.bindings = bindings;
        this.single = single;
    }

    /// An interpreter that rounds every f32 to single precision, so that what overflows there overflows here.
    public static Interpreter rounding(Bindings bindings) {
        return new Interpreter(bindings, true);
    }

    /// What a procedure left behind.
    ///
    /// @param outputs by name
    /// @param updates the new values of variables, by name
    public record Results(Map<String, double[]> outputs, Map<String, double[]> updates) {}

    /// Runs a procedure once.
    public static Results run(Procedure procedure, Bindings bindings) {
        var interpreter = new Interpreter(bindings);
        // Results of one loop are computed together, if they are known together.
        interpreter.group(procedure.nodes());
        var outputs = new LinkedHashMap<String, double[]>();
        for (var output : procedure.outputs()) {
            outputs.put(output.name(), interpreter.evaluate(output.node()));
        }
        var updates = new LinkedHashMap<String, double[]>();
        for (var update : procedure.updates()) {
            updates.put(update.variable(), interpreter.evaluate(update.value()));
        }
        return new Results(outputs, updates);
    }

    private void group(Iterable<Node> nodes) {
        for (var node : nodes) {
            if (node.form() instanceof Form.Scan scan) {
                loops.computeIfAbsent(Loop.of(scan, node), _ -> new LinkedHashSet<>()).add(node);
            }
        }
    }

    /// The value of a node. What it depends on is computed first, once.
    public double[] evaluate(Node root) {
        if (values.containsKey(root)) {
            return Objects.requireNonNull(values.get(root)).clone();
        }
        group(Graph.ancestors(List.of(root)));
        var waiting = new ArrayDeque<Node>();
        waiting.push(root);
        while (!waiting.isEmpty()) {
            var node = waiting.peek();
            int before = waiting.size();
            for (var input : node.inputs()) {
                if (!values.containsKey(input)) {
                    waiting.push(input);
                }
            }
            if (waiting.size() == before) {
                waiting.pop();
                if (!values.containsKey(node)) {
                    if (node.form() instanceof Form.Scan scan) {
                        scan(scan, node);
                    } else {
                        values.put(node, rounded(node, value(node)));
                    }
                }
            }
        }
        return Objects.requireNonNull(values.get(root)).clone();
    }

    private double[] rounded(Node node, double[] value) {
        if (single && node.type().dtype() == DType.F32) {
            for (int i = 0; i < value.length; i++) {
                value[i] = (float) value[i];
            }
        }
        return value;
    }

    private double[] value(Node node) {
        var out = layout(node);
        return switch (node.form()) {
            case Form.Input(var name, _) -> given(bindings.inputs().get(name), name, out);
            case Form.Variable(var name, _, _) -> given(bindings.variables().get(name), name, out);
            case Form.Constant constant ->
                IntStream.range(0, out.size()).mapToDouble(constant::value).toArray();
            case Form.Size(var dim, _) -> new double[] {size(dim)};
            case Form.Iota(_, int axis) ->
                IntStream.range(0, out.size())
                        .mapToDouble(i -> out.index(i, axis))
                        .toArray();
            case Form.Random(var distribution, _, long stream) ->
                bindings.draws().draw(distribution, stream, out.size());
            case Form.Elementwise(var op) -> elementwise(op, node, out);
            case Form.Reduce reduce -> reduce(reduce, node);
            case Form.Contract contract -> contract(contract, node, out);
            case Form.Reshape _, Form.StopGradient _, Form.Point _ -> input(node, 0);
            case Form.Transpose(var permutation) -> at(input(node, 0), layout(node.input(0)).offsets(permutation));
            case Form.Slice slice -> slice(slice, node, out);
            case Form.Pad pad -> pad(pad, node, out);
            case Form.Concat(int axis) -> concat(axis, node, out);
            case Form.Broadcast(_, var axes) -> broadcast(axes, node, out);
            case Form.Gather _ -> gather(node, out);
            case Form.Row(var kind) ->
                RowMeaning.apply(kind, input(node, 0), size(node.shape().dim(node.type().rank() - 1)));
            case Form.ScatterAdd _ -> scatterAdd(node, out);
            case Form.Call call -> call(call, node, out);
            case Form.Scan _ -> throw new IrException("the results of a loop are computed together");
        };
    }

    /// Runs a loop, each round with an interpreter of its own, and keeps all that is wanted of it.
    private void scan(Form.Scan scan, Node node) {
        var loop = Loop.of(scan, node);
        var wanted = loops.getOrDefault(loop, Set.of(node));
        var body = scan.body();
        int trips = size(scan.trips());
        var stacked = new LinkedHashSet<Node>();
        for (var result : wanted) {
            if (result.form() instanceof Form.Scan(_, _, _, Form.Stacked(var inner))) {
                stacked.add(inner);
            }
            values.put(result, new double[layout(result).size()]);
        }
        var carried = new ArrayList<double[]>();
        for (int i = 0; i < body.carried().size(); i++) {
            carried.add(input(node, i));
        }
        var inside = body.nodes(stacked);
        for (int trip = 0; trip < trips; trip++) {
            int time = scan.reversed() ? trips - 1 - trip : trip;
            var round = new Interpreter(bindings);
            round.group(inside);
            int index = 0;
            for (var input : body.carried()) {
                round.values.put(input, carried.get(index++));
            }
            for (var input : body.slices()) {
                var sequence = input(node, index++);
                int size = layout(input).size();
                round.values.put(input, Arrays.copyOfRange(sequence, time * size, (time + 1) * size));
            }
            for (var input : body.captured()) {
                round.values.put(input, input(node, index++));
            }
            for (var result : wanted) {
                if (result.form() instanceof Form.Scan(_, _, _, Form.Stacked(var inner))) {
                    var value = round.evaluate(inner);
                    System.arraycopy(
                            value, 0, Objects.requireNonNull(values.get(result)), time * value.length, value.length);
                }
            }
            for (int i = 0; i < carried.size(); i++) {
                carried.set(i, round.evaluate(body.next().get(i)));
            }
        }
        for (var result : wanted) {
            if (result.form() instanceof Form.Scan(_, _, _, Form.Last(int i))) {
                values.put(result, carried.get(i));
            }
        }
    }

    private Layout layout(Node node) {
        return Layout.of(node.shape(), bindings.sizes());
    }

    private int size(Dim dim) {
        return Math.toIntExact(dim.evaluate(bindings.sizes()));
    }

    private double[] input(Node node, int index) {
        return Objects.requireNonNull(values.get(node.input(index)));
    }

    private static double[] given(double @Nullable [] value, String name, Layout layout) {
        if (value == null || value.length != layout.size()) {
            throw new IrException("`%s` needs %d values, not %s"
                    .formatted(name, layout.size(), value == null ? "none" : value.length));
        }
        return value.clone();
    }

    private static double[] at(double[] values, int[] offsets) {
        return Arrays.stream(offsets).mapToDouble(offset -> values[offset]).toArray();
    }

    private double[] elementwise(ElementwiseOp op, Node node, Layout out) {
        var meaning = op.meaning(
                node.inputs().stream().map(input -> input.type().dtype()).toList())
                .orElseThrow();
        var inputs = new double[op.arity()][];
        Arrays.setAll(inputs, k -> input(node, k));
        var operands = new double[op.arity()];
        var result = new double[out.size()];
        for (int i = 0; i < result.length; i++) {
            for (int k = 0; k < operands.length; k++) {
                operands[k] = inputs[k][i];
            }
            result[i] = meaning.scalar().apply(operands);
        }
        return result;
    }

    private double[] reduce(Form.Reduce reduce, Node node) {
        var x = input(node, 0);
        var layout = layout(node.input(0));
        int[] rows = layout.offsets(Axes.others(layout.rank(), reduce.axes()));
        int[] along = layout.offsets(reduce.axes());
        var result = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            int row = rows[i];
            var elements = Arrays.stream(along).mapToDouble(offset -> x[row + offset]);
            double value = switch (reduce.kind()) {
                case SUM -> elements.reduce(0, (a, b) -> a + b);
                case PRODUCT -> elements.reduce(1, (a, b) -> a * b);
                case MAX -> elements.reduce(Double.NEGATIVE_INFINITY, (a, b) -> a < b ? b : a);
                case MIN -> elements.reduce(Double.POSITIVE_INFINITY, (a, b) -> b < a ? b : a);
                case ARGMAX -> first(elements.toArray(), 1);
                case ARGMIN -> first(elements.toArray(), -1);
            };
            // A whole number is exact in a double, and wraps around here.
            result[i] = node.type().dtype().isFloat() ? value : (int) (long) value;
        }
        return result;
    }

    /// The first index of the greatest element times `sign`.
    private static int first(double[] elements, int sign) {
        int best = 0;
        for (int i = 1; i < elements.length; i++) {
            if (sign * elements[i] > sign * elements[best]) {
                best = i;
            }
        }
        return best;
    }

    private double[] contract(Form.Contract form, Node node, Layout out) {
        var lhs = input(node, 0);
        var rhs = input(node, 1);
        var left = layout(node.input(0));
        var right = layout(node.input(1));
        int[] leftBatch = left.offsets(form.lhsBatch());
        int[] rightBatch = right.offsets(form.rhsBatch());
        int[] leftAlong = left.offsets(form.lhsContract());
        int[] rightAlong = right.offsets(form.rhsContract());
        int[] rows = left.offsets(form.lhsFree(left.rank()));
        int[] columns = right.offsets(form.rhsFree(right.rank()));
        var result = new double[out.size()];
        int i = 0;
        for (int batch = 0; batch < leftBatch.length; batch++) {
            for (int row : rows) {
                for (int column : columns) {
                    double sum = 0;
                    for (int k = 0; k < leftAlong.length; k++) {
                        sum += lhs[leftBatch[batch] + row + leftAlong[k]]
                                * rhs[rightBatch[batch] + column + rightAlong[k]];
                    }
                    result[i++] = sum;
                }
            }
        }
        return result;
    }

    private double[] slice(Form.Slice slice, Node node, Layout out) {
        var x = input(node, 0);
        var layout = layout(node.input(0));
        var result = new double[out.size()];
        for (int i = 0; i < result.length; i++) {
            int from = 0;
            for (int axis = 0; axis < out.rank(); axis++) {
                int place = size(slice.starts().get(axis))
                        + out.index(i, axis) * slice.steps().get(axis);
                from += place * layout.stride(axis);
            }
            result[i] = x[from];
        }
        return result;
    }

    private double[] pad(Form.Pad pad, Node node, Layout out) {
        var x = input(node, 0);
        var layout = layout(node.input(0));
        var result = new double[out.size()];
        for (int i = 0; i < x.length; i++) {
            int to = 0;
            for (int axis = 0; axis < out.rank(); axis++) {
                to += (size(pad.low().get(axis)) + layout.index(i, axis)) * out.stride(axis);
            }
            result[to] = x[i];
        }
        return result;
    }

    private double[] concat(int axis, Node node, Layout out) {
        var result = new double[out.size()];
        int block = out.dim(axis) * out.stride(axis);
        int start = 0;
        for (int k = 0; k < node.inputs().size(); k++) {
            var x = input(node, k);
            var layout = layout(node.input(k));
            int width = layout.dim(axis) * layout.stride(axis);
            for (int i = 0; i < x.length; i++) {
                result[i / width * block + start + i % width] = x[i];
            }
            start += width;
        }
        return result;
    }

    private double[] broadcast(List<Integer> axes, Node node, Layout out) {
        var x = input(node, 0);
        var layout = layout(node.input(0));
        var result = new double[out.size()];
        for (int i = 0; i < result.length; i++) {
            int from = 0;
            for (int k = 0; k < axes.size(); k++) {
                from += out.index(i, axes.get(k)) * layout.stride(k);
            }
            result[i] = x[from];
        }
        return result;
    }

    private double[] gather(Node node, Layout out) {
        var table = input(node, 0);
        var indices = input(node, 1);
        int rows = size(node.input(0).shape().dim(0));
        int width = rows == 0 ? 0 : table.length / rows;
        var result = new double[out.size()];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(table, row(indices[i], rows) * width, result, i * width, width);
        }
        return result;
    }

    private double[] scatterAdd(Node node, Layout out) {
        var indices = input(node, 0);
        var updates = input(node, 1);
        int rows = size(node.shape().dim(0));
        var result = new double[out.size()];
        int width = rows == 0 ? 0 : result.length / rows;
        for (int i = 0; i < indices.length; i++) {
            for (int k = 0; k < width; k++) {
                result[row(indices[i], rows) * width + k] += updates[i * width + k];
            }
        }
        return result;
    }

    /// By what the call means, run with the operands as inputs. An output that the body doesn't speak of is what a kernel
    /// keeps for its gradient; no body makes anything of it, so it is not a number here.
    private double[] call(Form.Call call, Node node, Layout out) {
        var body = call.body().procedure();
        if (call.output() >= body.outputs().size()) {
            var nothing = new double[out.size()];
            Arrays.fill(nothing, Double.NaN);
            return nothing;
        }
        var inputs = new HashMap<String, double[]>();
        for (int i = 0; i < body.inputs().size(); i++) {
            if (body.inputs().get(i).form() instanceof Form.Input(var name, _)) {
                inputs.put(name, input(node, i));
            }
        }
        var inner = new Bindings(bindings.sizes(), inputs, Map.of(), bindings.draws());
        return new Interpreter(inner).evaluate(body.outputs().get(call.output()).node());
    }

    private static int row(double index, int rows) {
        if (index < 0 || index >= rows) {
            throw new IndexOutOfBoundsException("there is no row %d of %d".formatted((int) index, rows));
        }
        return (int) index;
    }
}
