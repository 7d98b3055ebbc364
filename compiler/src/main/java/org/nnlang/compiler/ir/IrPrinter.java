package org.nnlang.compiler.ir;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nnlang.runtime.tensor.DType;

/// IR as text, one node a line.
final class IrPrinter {
    /// The names of the nodes being printed, and of the bodies seen so far with those of their nodes.
    private final StringBuilder out = new StringBuilder();
    private final Map<Body, Integer> bodies = new HashMap<>();
    private final Map<Node, String> names = new HashMap<>();

    /// What calls mean, by their names.
    private final Map<CallBody, String> calls;

    private IrPrinter(Map<CallBody, String> calls) {
        this.calls = calls;
    }

    /// The whole procedure, its nodes numbered from 0 in order.
    static String print(Procedure procedure) {
        var calls = new HashMap<CallBody, String>();
        var text = new StringBuilder();
        meanings(procedure.nodes(), calls, text);
        return text.append(new IrPrinter(calls).procedure(procedure)).toString();
    }

    /// What the calls among `nodes` mean, each before those whose calls need it.
    private static void meanings(List<Node> nodes, Map<CallBody, String> calls, StringBuilder text) {
        Body.among(nodes).forEach((body, stacked) -> meanings(body.nodes(stacked), calls, text));
        for (var node : nodes) {
            if (node.form() instanceof Form.Call call && !calls.containsKey(call.body())) {
                var meaning = call.body().procedure();
                meanings(meaning.nodes(), calls, text);
                var name = "@" + calls.size();
                calls.put(call.body(), name);
                text.append("meaning ").append(name).append(" = ").append(new IrPrinter(calls).procedure(meaning));
            }
        }
    }

    private String procedure(Procedure procedure) {
        var nodes = procedure.nodes();
        number(nodes);
        out.append("procedure ").append(procedure.name()).append(list(procedure.inputs())).append(" {\n");
        nodes(nodes, "    ");
        for (var output : procedure.outputs()) {
            out.append("    output %s = %s\n".formatted(quote(output.name()), name(output.node())));
        }
        for (var update : procedure.updates()) {
            out.append("    update %s %s = %s\n"
                    .formatted(lower(update.kind()), quote(update.variable()), name(update.value())));
        }
        return out.append("}\n").toString();
    }

    private void number(List<Node> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            names.put(nodes.get(i), "%" + i);
        }
    }

    private String name(Node node) {
        return Objects.requireNonNull(names.get(node));
    }

    private String list(List<Node> nodes) {
        return nodes.stream().map(this::name).collect(Collectors.joining(", ", "(", ")"));
    }

    /// The bodies of loops come before the nodes that name them, each with nodes of its own numbering.
    private void nodes(List<Node> nodes, String indent) {
        Body.among(nodes).forEach((body, stacked) -> body(body, stacked, indent));
        for (var node : nodes) {
            out.append(indent).append(line(node, this::name, bodies, calls)).append('\n');
        }
    }

    private void body(Body body, Set<Node> stacked, String indent) {
        var nodes = body.nodes(stacked);
        number(nodes);
        out.append(indent).append("body ").append(bodies.size());
        out.append(" carried ").append(list(body.carried()));
        out.append(" slices ").append(list(body.slices()));
        out.append(" captured ").append(list(body.captured())).append(" {\n");
        bodies.put(body, bodies.size());
        nodes(nodes, indent + "    ");
        out.append(indent).append("    next ").append(list(body.next())).append('\n');
        out.append(indent).append("}\n");
    }

    /// One node with the ids of its graph.
    static String line(Node node) {
        return line(node, other -> "%" + other.id(), Map.of(), Map.of());
    }

    private static String line(
            Node node, Function<Node, String> name, Map<Body, Integer> bodies, Map<CallBody, String> calls) {
        var inputs = node.inputs().stream().map(name).collect(Collectors.joining(", ", "(", ")"));
        var attributes = switch (node.form()) {
            case Form.Scan scan -> scan(scan, name, bodies);
            case Form.Call call ->
                call.kernel().label() + " " + call.attributes() + ", output=" + call.output() + ", meaning="
                        + calls.getOrDefault(call.body(), "@");
            case Form _ -> attributes(node);
        };
        return "%s: %s = %s%s%s"
                .formatted(
                        name.apply(node),
                        node.type(),
                        keyword(node.form()),
                        inputs,
                        attributes.isEmpty() ? "" : " {" + attributes + "}");
    }

    private static String scan(Form.Scan scan, Function<Node, String> name, Map<Body, Integer> bodies) {
        var number = bodies.get(scan.body());
        return "body=" + (number == null ? "?" : number)
                + ", trips=" + scan.trips()
                + (scan.reversed() ? ", reversed" : "")
                + switch (scan.result()) {
                    case Form.Last(int carried) -> ", last=" + carried;
                    case Form.Stacked(var node) -> ", stack=" + name.apply(node);
                };
    }

    /// The word a form is printed as.
    static String keyword(Form form) {
        return switch (form) {
            case Form.Input _ -> "input";
            case Form.Variable _ -> "variable";
            case Form.Constant _ -> "constant";
            case Form.Size _ -> "size";
            case Form.Iota _ -> "iota";
            case Form.Elementwise(var op) -> op.name();
            case Form.Reduce(var kind, _) -> kind.isIndex() ? lower(kind) : "reduce_" + lower(kind);
            case Form.Contract _ -> "contract";
            case Form.Reshape _ -> "reshape";
            case Form.Transpose _ -> "transpose";
            case Form.Slice _ -> "slice";
            case Form.Pad _ -> "pad";
            case Form.Concat _ -> "concat";
            case Form.Broadcast _ -> "broadcast";
            case Form.Gather _ -> "gather";
            case Form.ScatterAdd _ -> "scatter_add";
            case Form.Call _ -> "call";
            case Form.Random(var distribution, _, _) -> lower(distribution);
            case Form.StopGradient _ -> "stop_gradient";
            case Form.Scan _ -> "scan";
            case Form.Point _ -> "point";
            case Form.Row(var kind) -> kind.keyword();
        };
    }

    /// What the keyword, the inputs and the type do not say.
    private static String attributes(Node node) {
        return switch (node.form()) {
            case Form.Input(var name, _) -> quote(name);
            case Form.Variable(var name, var kind, _) -> lower(kind) + " " + quote(name);
            case Form.Constant constant -> values(constant);
            case Form.Size(var dim, _) -> dim.toString();
            case Form.Iota(_, int axis) -> "axis=" + axis;
            case Form.Elementwise _ -> "";
            case Form.Reduce(_, var axes) -> "axes=" + axes;
            case Form.Contract form ->
                (form.lhsBatch().isEmpty() ? "" : "batch=" + form.lhsBatch() + "x" + form.rhsBatch() + ", ")
                        + "contract="
                        + form.lhsContract()
                        + "x"
                        + form.rhsContract();
            case Form.Reshape _ -> "";
            case Form.Transpose(var permutation) -> permutation.toString();
            case Form.Slice slice -> ranges(slice);
            case Form.Pad(var low, var high) ->
                IntStream.range(0, low.size())
                        .mapToObj(axis -> low.get(axis) + ":" + high.get(axis))
                        .collect(Collectors.joining(", ", "[", "]"));
            case Form.Concat(int axis) -> "axis=" + axis;
            case Form.Broadcast(_, var axes) -> "axes=" + axes;
            case Form.Gather _ -> "";
            case Form.ScatterAdd _ -> "";
            case Form.Random(_, _, long stream) -> "stream=" + stream;
            case Form.StopGradient _, Form.Row _, Form.Scan _, Form.Call _ -> "";
            case Form.Point(int number) -> "number=" + number;
        };
    }

    private static String ranges(Form.Slice slice) {
        return IntStream.range(0, slice.starts().size())
                .mapToObj(axis -> slice.starts().get(axis)
                        + ":"
                        + slice.limits().get(axis)
                        + (slice.steps().get(axis) == 1 ? "" : ":" + slice.steps().get(axis)))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String values(Form.Constant constant) {
        var dtype = constant.type().dtype();
        if (constant.isUniform()) {
            return value(dtype, constant.value(0));
        }
        return Arrays.stream(constant.values())
                .mapToObj(value -> value(dtype, value))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String value(DType dtype, double value) {
        return switch (dtype) {
            case F32 -> Float.toString((float) value);
            case I32, U8 -> Integer.toString((int) value);
            case BOOL -> value != 0 ? "true" : "false";
        };
    }

    /// A string between quotes on one line.
    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
