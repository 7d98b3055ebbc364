package org.nnlang.compiler.ir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.LibraryKernel;
import org.nnlang.runtime.tensor.DType;

/// Procedures as text, one node a line:
///
/// ```
/// procedure dense(%0) {
///     %0: f32[b, 784] = input() {"x"}
///     %1: f32[784, 10] = variable() {parameter "W"}
///     %2: f32[b, 10] = contract(%0, %1) {contract=[1]x[0]}
///     output "y" = %2
/// }
/// ```
///
/// The bodies of loops stand before the nodes that name them, and number their nodes anew:
///
/// ```
///     body 0 carried (%0) slices (%1) captured () {
///         %0: f32[4] = input() {"h"}
///         %1: f32[4] = input() {"x"}
///         %2: f32[4] = add(%0, %1)
///         next (%2)
///     }
///     %2: f32[t, 4] = scan(%0, %1) {body=0, trips=t, stack=%2}
/// ```
///
/// What a call of a library kernel means stands before the procedure, as `meaning @0 = procedure …`.
///
/// Text and procedure say the same, but for the nodes' origins. Lines beginning with `//` are comments.
public final class IrText {
    private final Function<String, @Nullable ElementwiseOp> operations;

    /// The procedure, and within it the bodies of loops that are being read, innermost last.
    private final Deque<Part> parts = new ArrayDeque<>();

    private final Map<String, CallBody> calls;
    private final Map<Integer, Body> bodies = new HashMap<>();
    private final Map<Body, Map<String, Node>> bodyNodes = new HashMap<>();

    /// Something with nodes of its own.
    ///
    /// @param number the number of the body; -1 for the procedure
    /// @param inputs the body's carried, slices and captured, by name
    private record Part(int number, Graph graph, Map<String, Node> nodes, List<List<String>> inputs, List<Node> next) {
        Node node(String reference) {
            var node = nodes.get(reference);
            if (node == null) {
                throw new IrException(reference + " is not defined");
            }
            return node;
        }

        List<Node> inputs(int kind) {
            return inputs.get(kind).stream().map(this::node).toList();
        }
    }

    private IrText(
            Graph graph, Function<String, @Nullable ElementwiseOp> operations, Map<String, CallBody> calls) {
        this.operations = operations;
        this.calls = calls;
        parts.push(new Part(-1, graph, new HashMap<>(), List.of(), new ArrayList<>()));
    }

    /// The procedure as text, its nodes numbered from 0 in the order they are computed.
    public static String print(Procedure procedure) {
        return IrPrinter.print(procedure);
    }

    /// The procedure that `text` says, built in `graph`.
    ///
    /// @param operations the elementwise operation of a name, null where there is none
    /// @throws IrException when the text is not a procedure, with the line it fails at
    public static Procedure parse(
            String text, Graph graph, Function<String, @Nullable ElementwiseOp> operations) {
        return new IrText(graph, operations, new HashMap<>()).procedure(text);
    }

    /// Reads the meaning that begins with line `from`, and says where it ends.
    private int meaning(List<String> lines, int from) {
        var in = new IrScanner(lines.get(from));
        in.expect("meaning");
        var name = in.meaning();
        in.expect("=");
        var text = new StringBuilder(in.rest()).append('\n');
        int at = from + 1;
        while (at < lines.size() && !lines.get(at).startsWith("}")) {
            text.append(lines.get(at++)).append('\n');
        }
        var body = new IrText(new Graph(), operations, calls).procedure(text.append("}\n").toString());
        calls.put(name, CallBody.of(body));
        return at;
    }

    private Procedure procedure(String text) {
        String name = "";
        var inputs = new ArrayList<String>();
        var outputs = new ArrayList<Procedure.Output>();
        var updates = new ArrayList<Procedure.Update>();
        var lines = text.lines().toList();
        for (int number = 1; number <= lines.size(); number++) {
            var line = lines.get(number - 1);
            var in = new IrScanner(line);
            try {
                if (in.atEnd() || in.take("//")) {
                    continue;
                }
                if (in.at("meaning @")) {
                    number = meaning(lines, number - 1) + 1;
                    continue;
                }
                if (in.take("procedure")) {
                    name = in.until("(");
                    inputs.addAll(references(in));
                    in.expect("{");
                } else if (in.take("output")) {
                    var output = in.string();
                    in.expect("=");
                    outputs.add(new Procedure.Output(output, node(in.reference())));
                } else if (in.take("update")) {
                    var kind = constant(Form.VariableKind.class, in.word());
                    var variable = in.string();
                    in.expect("=");
                    updates.add(new Procedure.Update(variable, kind, node(in.reference())));
                } else if (in.take("body")) {
                    body(in);
                } else if (in.take("next")) {
                    references(in).forEach(reference -> parts.getFirst().next().add(node(reference)));
                } else if (!in.take("}")) {
                    node(in);
                } else if (parts.size() > 1) {
                    endBody();
                }
                in.expectEnd();
            } catch (IrException e) {
                throw new IrException("line " + number + ": " + line.strip() + ": " + e.getMessage(), e);
            }
        }
        return new Procedure(name, inputs.stream().map(this::node).toList(), outputs, updates);
    }

    private Node node(String reference) {
        return parts.getFirst().node(reference);
    }

    /// `body 0 carried (%0) slices (%1) captured () {`, up to its own closing brace.
    private void body(IrScanner in) {
        int number = Math.toIntExact(in.integer());
        var inputs = new ArrayList<List<String>>();
        for (var kind : List.of("carried", "slices", "captured")) {
            in.expect(kind);
            inputs.add(references(in));
        }
        in.expect("{");
        parts.push(new Part(number, new Graph(), new HashMap<>(), inputs, new ArrayList<>()));
    }

    private void endBody() {
        var part = parts.pop();
        var body = new Body(part.graph(), part.inputs(0), part.inputs(1), part.inputs(2), part.next());
        bodies.put(part.number(), body);
        bodyNodes.put(body, part.nodes());
    }

    /// Up to and with the closing parenthesis.
    private static List<String> references(IrScanner in) {
        var references = new ArrayList<String>();
        in.expect("(");
        while (!in.take(")")) {
            references.add(in.reference());
            in.take(",");
        }
        return references;
    }

    /// `%2: f32[b, 10] = contract(%0, %1) {contract=[1]x[0]}`.
    private void node(IrScanner in) {
        var name = in.reference();
        in.expect(":");
        var type = type(in);
        in.expect("=");
        var keyword = in.word();
        var inputs = references(in).stream().map(this::node).toList();
        boolean hasAttributes = in.take("{");
        var node = parts.getFirst().graph().node(form(keyword, type, in), inputs);
        if (hasAttributes) {
            in.expect("}");
        }
        if (!node.type().equals(type)) {
            throw new IrException("the type is " + node.type());
        }
        parts.getFirst().nodes().put(name, node);
    }

    private static TensorType type(IrScanner in) {
        var dtype = constant(DType.class, in.word());
        return new TensorType(dtype, in.at("[") ? new Shape(in.list(IrScanner::dim)) : Shape.SCALAR);
    }

    private Form form(String keyword, TensorType type, IrScanner in) {
        return switch (keyword) {
            case "input" -> new Form.Input(in.string(), type);
            case "variable" -> {
                var kind = constant(Form.VariableKind.class, in.word());
                yield new Form.Variable(in.string(), kind, type);
            }
            case "constant" -> new Form.Constant(type, values(in));
            case "size" -> new Form.Size(in.dim(), type.dtype());
            case "iota" -> new Form.Iota(type.shape(), axis(in));
            case "argmax", "argmin" ->
                new Form.Reduce(constant(Form.ReduceKind.class, keyword), attribute(in, "axes").integers());
            case "reduce_sum", "reduce_product", "reduce_max", "reduce_min" ->
                new Form.Reduce(
                        constant(Form.ReduceKind.class, keyword.substring("reduce_".length())),
                        attribute(in, "axes").integers());
            case "contract" -> contract(in);
            case "reshape" -> new Form.Reshape(type.shape());
            case "transpose" -> new Form.Transpose(in.integers());
            case "slice" -> slice(in);
            case "pad" -> pad(in);
            case "concat" -> new Form.Concat(axis(in));
            case "broadcast" -> new Form.Broadcast(type.shape(), attribute(in, "axes").integers());
            case "gather" -> new Form.Gather();
            case "scatter_add" -> new Form.ScatterAdd(type.dim(0));
            case "call" -> call(type, in);
            case "uniform", "normal" ->
                new Form.Random(
                        constant(Form.Distribution.class, keyword),
                        type.shape(),
                        attribute(in, "stream").integer());
            case "stop_gradient" -> new Form.StopGradient();
            case "scan" -> scan(in);
            case "order_ascending" -> new Form.Row(Form.RowKind.ASCENDING);
            case "order_descending" -> new Form.Row(Form.RowKind.DESCENDING);
            case "running_sums" -> new Form.Row(Form.RowKind.SUMS);
            case "running_sums_backwards" -> new Form.Row(Form.RowKind.SUMS_BACKWARDS);
            case "point" -> new Form.Point(Math.toIntExact(attribute(in, "number").integer()));
            default -> {
                var op = operations.apply(keyword);
                if (op == null) {
                    throw new IrException("no form and no operation is called `" + keyword + "`");
                }
                yield new Form.Elementwise(op);
            }
        };
    }

    private Form call(TensorType type, IrScanner in) {
        var kernel = constant(LibraryKernel.class, in.word());
        var attributes = in.integers();
        in.expect(",");
        int output = Math.toIntExact(attribute(in, "output").integer());
        in.expect(",");
        var name = attribute(in, "meaning").meaning();
        var body = calls.get(name);
        if (body == null) {
            throw new IrException(name + " is not defined");
        }
        return new Form.Call(kernel, attributes, body, output, type);
    }

    private static IrScanner attribute(IrScanner in, String name) {
        in.expect(name);
        in.expect("=");
        return in;
    }

    private static int axis(IrScanner in) {
        return Math.toIntExact(attribute(in, "axis").integer());
    }

    private static double[] values(IrScanner in) {
        return in.at("[")
                ? in.list(IrScanner::number).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray()
                : new double[] {in.number()};
    }

    private static Form contract(IrScanner in) {
        List<Integer> lhsBatch = List.of();
        List<Integer> rhsBatch = List.of();
        if (in.take("batch")) {
            in.expect("=");
            lhsBatch = in.integers();
            in.expect("x");
            rhsBatch = in.integers();
            in.expect(",");
        }
        var lhs = attribute(in, "contract").integers();
        in.expect("x");
        return new Form.Contract(lhsBatch, rhsBatch, lhs, in.integers());
    }

    private Form scan(IrScanner in) {
        int number = Math.toIntExact(attribute(in, "body").integer());
        var body = bodies.get(number);
        if (body == null) {
            throw new IrException("body " + number + " is not defined");
        }
        in.expect(",");
        var trips = attribute(in, "trips").dim();
        in.expect(",");
        boolean reversed = in.take("reversed");
        if (reversed) {
            in.expect(",");
        }
        if (in.take("last")) {
            in.expect("=");
            return new Form.Scan(body, trips, reversed, new Form.Last(Math.toIntExact(in.integer())));
        }
        var reference = attribute(in, "stack").reference();
        var node = bodyNodes.getOrDefault(body, Map.of()).get(reference);
        if (node == null) {
            throw new IrException(reference + " is not in body " + number);
        }
        return new Form.Scan(body, trips, reversed, new Form.Stacked(node));
    }

    private static Form slice(IrScanner in) {
        var starts = new ArrayList<Dim>();
        var limits = new ArrayList<Dim>();
        var steps = new ArrayList<Integer>();
        in.list(item -> {
            starts.add(item.dim());
            item.expect(":");
            limits.add(item.dim());
            steps.add(item.take(":") ? Math.toIntExact(item.integer()) : 1);
            return item;
        });
        return new Form.Slice(starts, limits, steps);
    }

    private static Form pad(IrScanner in) {
        var low = new ArrayList<Dim>();
        var high = new ArrayList<Dim>();
        in.list(item -> {
            low.add(item.dim());
            item.expect(":");
            high.add(item.dim());
            return item;
        });
        return new Form.Pad(low, high);
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String word) {
        try {
            return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IrException("no " + type.getSimpleName() + " is called `" + word + "`", e);
        }
    }
}
