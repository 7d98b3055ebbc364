package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.GradientRule;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parsed;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.NameCheck;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.tensor.DType;

/// An operation of host code as a function of the language.
///
/// Its derivatives are elaborated once, over scalars, when it is first called; a gradient copies them for the shape at
/// hand. So they are nodes like any other, with derivatives of their own.
final class OwnOperation {
    private static final String RESULT = "y";

    private final Operation operation;
    private final OwnOperations all;
    private final Builtin builtin;
    private final ElementwiseOp op;

    /// The derivatives over scalars, by operand; null before they are elaborated.
    private @Nullable List<Node> slopes;

    private boolean elaborated;
    private @Nullable Problem problem;

    /// What is wrong with a derivative.
    private record Problem(String operand, String text, String message) {}

    OwnOperation(Operation operation, OwnOperations all) {
        this.operation = operation;
        this.all = all;
        List<String> operands = operation.operands();
        this.builtin = Builtin.of(
                operation.name() + "(" + String.join(", ", operands) + ")",
                operation.documentation(),
                operands.size(),
                this::call);
        List<Optional<GradientRule>> rules = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            int operand = i;
            boolean none = operation.gradients().size() > i && operation.gradients().get(i).strip().equals("0");
            rules.add(none ? Optional.empty() : Optional.of((graph, g, y) -> gradient(graph, g, y, operand)));
        }
        this.op = ElementwiseOp.own(operation, rules);
    }

    Builtin builtin() {
        return builtin;
    }

    private Value call(BuiltinCall call) {
        List<String> operands = operation.operands();
        List<Double> known = new ArrayList<>();
        for (String operand : operands) {
            Double number = Numbers.known(call.value(operand));
            if (number != null) {
                known.add(number);
            }
        }
        if (known.size() == operands.size()) {
            return new Value.FloatValue(op.meanings().getFirst().scalar().apply(
                    known.stream().mapToDouble(Double::doubleValue).toArray()));
        }
        elaborate(call.elaboration().context);
        if (problem != null) {
            throw call.elaboration()
                    .fail(
                            call.scope(),
                            Diagnostic.of(
                                    Code.OWN_DERIVATIVE,
                                    call.site(),
                                    "the derivative of `" + operation.name() + "` by `" + problem.operand()
                                            + "` is wrong: " + problem.message())
                                    .note("it is `" + problem.text() + "`, in " + operation.getClass().getName())
                                    .help("it is an expression of `" + String.join("`, `", operands)
                                            + "` and the result `" + RESULT + "`, element by element"));
        }
        if (operands.size() == 1) {
            return call.elaboration().tensors.apply(op, call.floats(operands.getFirst()));
        }
        // The shape of all: found on stand-ins, so that nothing is computed for it.
        List<TensorValue> tensors = operands.stream().map(call::floats).toList();
        TensorValue joined = standIn(call, tensors.getFirst());
        for (int i = 1; i < operands.size(); i++) {
            joined = call.join(
                    Ops.ADD, joined, standIn(call, tensors.get(i)), operands.get(i - 1), operands.get(i));
        }
        TensorValue whole = joined;
        Node[] inputs = tensors.stream()
                .map(tensor -> call.elaboration().tensors.stretch(tensor.node(), whole.type().shape()))
                .toArray(Node[]::new);
        return new TensorValue(call.graph().apply(op, inputs), whole.axes());
    }

    private static TensorValue standIn(BuiltinCall call, TensorValue x) {
        return new TensorValue(call.graph().fill(x.type(), 0), x.axes());
    }

    /// Elaborates the derivatives, once. They may call the operation itself, which is then ready.
    private void elaborate(Context context) {
        if (elaborated) {
            return;
        }
        elaborated = true;
        List<Node> found = new ArrayList<>();
        var graphs = new Elaboration(
                new Context(context.modules(), context.sources(), new Diagnostics(), Earlier.NOTHING, all),
                Elaboration.Mode.PROGRAM);
        for (int i = 0; i < operation.gradients().size(); i++) {
            String text = operation.gradients().get(i);
            String operand = operation.operands().get(i);
            try {
                Node slope = slope(graphs, text, operand);
                if (graphs.diagnostics.hasErrors()) {
                    problem = new Problem(operand, text, graphs.diagnostics.sorted().getFirst().message());
                    return;
                }
                found.add(slope);
            } catch (org.nnlang.compiler.diagnostic.DiagnosticException e) {
                problem = new Problem(operand, text, e.diagnostic().message());
                return;
            }
        }
        slopes = found;
    }

    private Node slope(Elaboration elaboration, String text, String operand) {
        Diagnostics diagnostics = elaboration.diagnostics;
        String parameters = operation.operands().stream().map(name -> name + ": f32, ").collect(Collectors.joining());
        SourceFile file = new SourceFile(
                "derivative of " + operation.name() + " by " + operand,
                "fun derivative(" + parameters + RESULT + ": f32) -> f32 = (" + text + ")");
        Parsed parsed = Parser.parse(file);
        diagnostics.addAll(parsed.diagnostics());
        Span whole = file.whole();
        Node nothing = elaboration.graph.constant(0);
        if (diagnostics.hasErrors()
                || parsed.module().declarations().size() != 1
                || !(parsed.module().declarations().getFirst() instanceof Declaration.Function function)) {
            diagnostics.add(Diagnostic.of(Code.OWN_DERIVATIVE, whole, "it is no expression"));
            return nothing;
        }
        ModuleScope module = elaboration.context.modules().beside(parsed.module());
        NameCheck.check(module, all.names(), diagnostics);
        if (diagnostics.hasErrors()) {
            return nothing;
        }
        List<Given> arguments = new ArrayList<>();
        for (String name : operation.operands()) {
            arguments.add(Given.of(input(elaboration, name), whole));
        }
        arguments.add(Given.of(input(elaboration, RESULT), whole));
        Scope scope = Scope.top(module, elaboration.outermost("derivative", null, ""));
        Value value = elaboration.calls.invoke(new Callable.Function(function, module, null), arguments, whole, scope);
        TensorValue tensor = elaboration.tensors.scalar(value, DType.F32);
        if (tensor == null || elaboration.incomplete) {
            diagnostics.add(Diagnostic.of(Code.OWN_DERIVATIVE, whole, "it has no value"));
            return nothing;
        }
        for (Node node : Graph.ancestors(List.of(tensor.node()))) {
            if (!isElementwise(node)) {
                diagnostics.add(Diagnostic.of(
                        Code.OWN_DERIVATIVE, whole, "it does more than computing with single elements"));
            }
        }
        return tensor.node();
    }

    private static TensorValue input(Elaboration elaboration, String name) {
        return new TensorValue(elaboration.graph.input(name, TensorType.scalar(DType.F32)));
    }

    private static boolean isElementwise(Node node) {
        return switch (node.form()) {
            case Form.Input _, Form.Constant _, Form.Elementwise _, Form.StopGradient _, Form.Point _ ->
                node.shape().isScalar();
            case Form _ -> false;
        };
    }

    /// What arrives at an operand: the result's gradient times the derivative.
    private Node gradient(Graph graph, Node gradient, Node output, int operand) {
        List<Node> known = slopes;
        if (known == null || known.isEmpty()) {
            Span place = output.origin();
            var diagnostic = Diagnostic.of(
                    Code.NO_OWN_DERIVATIVE,
                    place == null ? new SourceFile(operation.name(), operation.name()).whole() : place,
                    "`" + operation.name() + "` has no derivative, and one is asked for here")
                    .note("it is computed by " + operation.getClass().getName() + ", whose `gradients()` is empty")
                    .help("let `gradients()` give a derivative for each operand, or keep gradients away: `stop_gradient("
                            + operation.name() + "(…))`");
            throw diagnostic.exception();
        }
        return graph.apply(Ops.MUL, gradient, copied(graph, known.get(operand), output));
    }

    /// A derivative over scalars for each element of the operation's result.
    private Node copied(Graph graph, Node slope, Node output) {
        Map<String, Node> operands = new LinkedHashMap<>();
        for (int i = 0; i < output.inputs().size(); i++) {
            operands.put(operation.operands().get(i), output.input(i));
        }
        operands.put(RESULT, output);
        Map<Node, Node> copies = new HashMap<>();
        for (Node node : Graph.ancestors(List.of(slope))) {
            List<Node> inputs = node.inputs().stream().map(copies::get).toList();
            copies.put(node, switch (node.form()) {
                case Form.Input(String name, _) -> operands.get(name);
                case Form.Constant constant ->
                    graph.fill(new TensorType(constant.type().dtype(), output.shape()), constant.value(0));
                case Form.Point _ -> inputs.getFirst();
                case Form form -> graph.node(form, inputs);
            });
        }
        return Objects.requireNonNull(copies.get(slope));
    }
}
