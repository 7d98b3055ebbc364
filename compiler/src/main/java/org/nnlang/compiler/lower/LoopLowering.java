package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.ir.Body;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Form.VariableKind;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.TrainingProgram.Report.Kind;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Pattern;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.tensor.DType;

/// Elaborates a `step`, a `validate` or a `test` of a `train`.
final class LoopLowering implements Minimization.Losses {
    private final Elaboration elaboration;
    private final Statement.Loop.Kind kind;
    private final Map<String, TrainingProgram.Report> reports = new LinkedHashMap<>();
    private final Map<String, Node> outputs = new LinkedHashMap<>();
    private final Map<String, Span> named = new LinkedHashMap<>();
    private final List<TrainingProgram.Field> fields = new ArrayList<>();
    private final List<Node> inputs = new ArrayList<>();
    private final List<Constraint> constraints = new ArrayList<>();
    private boolean running;
    private Value.@Nullable DataValue data;
    private @Nullable Procedure procedure;
    private List<Observation> observations = List.of();

    LoopLowering(Elaboration elaboration, Statement.Loop.Kind kind) {
        this.elaboration = elaboration;
        this.kind = kind;
    }

    /// Whether it is being elaborated.
    boolean isRunning() {
        return running;
    }

    boolean hasData() {
        return data != null;
    }

    Map<String, TrainingProgram.Report> reports() {
        return reports;
    }

    void run(@Nullable Pattern pattern, @Nullable Expression source, Block body, Scope scope) {
        boolean isStep = kind == Statement.Loop.Kind.STEP;
        String name = kind.word();
        Value over = source == null ? Value.UNIT : elaboration.expressions.evaluate(source, scope);
        elaboration.variables.begin();
        elaboration.observations.begin();
        elaboration.draws.begin(name);
        boolean drew = elaboration.draws.allow(true);
        boolean before = elaboration.training;
        elaboration.training = isStep;
        elaboration.judging = !isStep;
        running = true;
        Frame around = scope.frame();
        var frame = new Frame(
                around.id(),
                around.caller(),
                around.what(),
                around.callSite(),
                new Owner.Program(isStep ? "" : name + "."),
                List.of(),
                name,
                around.depth());
        Scope inner = scope.iteration(frame);
        Node step = elaboration.graph.input(TrainingProgram.STEP, TensorType.scalar(DType.I32));
        Node epoch = elaboration.graph.input(TrainingProgram.EPOCH, TensorType.scalar(DType.I32));
        Span here = body.span();
        if (isStep) {
            inner.bind(Binding.of("step", Binding.Kind.VAL, here,
                    new TensorValue(elaboration.graph.apply(Ops.TO_F32, step))));
        }
        inner.bind(Binding.of("epoch", Binding.Kind.VAL, here,
                new TensorValue(elaboration.graph.apply(Ops.TO_F32, epoch))));
        elaboration.minimization.begin(step, this);
        try {
            if (source != null && pattern != null) {
                elaboration.statements.guard(source.span(), inner, () -> bind(pattern, over, source, inner));
                if (data == null) {
                    elaboration.statements.forget(pattern, Binding.Kind.VAL, inner);
                }
            }
            int known = elaboration.constraints.size();
            elaboration.statements.block(body, inner.inner(), false);
            constraints.addAll(elaboration.constraints.subList(known, elaboration.constraints.size()));
            finish(name, List.of(step, epoch));
        } finally {
            running = false;
            elaboration.training = before;
            elaboration.judging = false;
            elaboration.draws.allow(drew);
        }
    }

    private void bind(Pattern pattern, Value over, Expression source, Scope scope) {
        if (over instanceof Value.UnknownValue) {
            return;
        }
        if (!(over instanceof Value.DataValue value)) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.WRONG_TYPE,
                            source.span(),
                            "`" + kind.word() + "` goes through data, and this is "
                                    + Describe.what(over))
                            .help(
                                    over instanceof Value.TupleValue
                                            ? Help.of("a split gives parts: `val (learn, held_out) = data.split(0.9)`")
                                            : over instanceof Value.FunctionValue(Callable.DataMethod _)
                                                    ? Help.write("call it:", source.span(), source.span().text() + "()",
                                                            "")
                                            : Help.of("data comes from a reader such as `csv(…)`, `idx(…)` or"
                                                    + " `chars(…)`")));
        }
        DataHeader header = value.header();
        if (!header.parts().isEmpty()) {
            throw elaboration.fail(
                    scope,
                    Diagnostic
                            .of(Code.UNKNOWN_PART, source.span(), "this data has several parts, and one must be chosen")
                            .help("it has " + header.parts().stream()
                                    .map(part -> "`" + source.span().text() + "." + part + "`")
                                    .collect(Collectors.joining(", "))));
        }
        data = value;
        Dim batch = Dim.symbol(TrainingProgram.BATCH);
        var tag = new Tag(scope.frame().id(), TrainingProgram.BATCH);
        scope.bind(Binding.of(
                TrainingProgram.BATCH,
                Binding.Kind.DIMENSION,
                source.span(),
                new Value.IntValue(batch, List.of(tag))));
        for (String free : header.free()) {
            scope.bind(Binding.of(
                    free,
                    Binding.Kind.DIMENSION,
                    source.span(),
                    new Value.IntValue(Dim.symbol(free), List.of(new Tag(scope.frame().id(), free)))));
        }
        var values = new ArrayList<Value>();
        var names = new ArrayList<@Nullable String>();
        for (int i = 0; i < header.fields().size(); i++) {
            DataHeader.Field field = header.fields().get(i);
            var dims = new ArrayList<Dim>();
            dims.add(batch);
            for (int axis = 0; axis < field.shape().size(); axis++) {
                String free = field.free(axis);
                dims.add(free.isEmpty() ? Dim.of(field.shape().get(axis)) : Dim.symbol(free));
            }
            Node input = elaboration.graph.input(field.name(), new TensorType(field.type(), new Shape(dims)));
            Long classes = header.values().get("classes");
            if (classes != null && holdsClasses(field, header)) {
                elaboration.classes.put(input, classes);
            }
            inputs.add(input);
            fields.add(new TrainingProgram.Field(field.name(), field.name(), i));
            var axes = new ArrayList<>(Tag.none(dims.size()));
            axes.set(0, List.of(tag));
            for (int axis = 0; axis < field.shape().size(); axis++) {
                if (!field.free(axis).isEmpty()) {
                    axes.set(axis + 1, List.of(new Tag(scope.frame().id(), field.free(axis))));
                }
            }
            values.add(new TensorValue(input, axes));
            names.add(field.name());
        }
        if (pattern instanceof Pattern.Tuple tuple && tuple.elements().size() != values.size()) {
            data = null;
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.DATA_PATTERN,
                            pattern.span(),
                            "this pattern has " + Calls.count(tuple.elements().size(), "name") + ", and the data "
                                    + Calls.count(values.size(), "field"))
                            .also(source.span(),
                                    header.fields().stream().map(String::valueOf).collect(Collectors.joining(", ")))
                            .help("a field that is not needed is bound to `_`"));
        }
        Value item = values.size() == 1 && pattern instanceof Pattern.Bind
                ? values.getFirst()
                : new Value.TupleValue(names, values);
        elaboration.statements.bind(pattern, item, source, Binding.Kind.VAL, scope);
    }

    /// Whether the number of classes that the data tell is that of a field: of the only one of whole numbers, or of the one
    /// that is called a label.
    private static boolean holdsClasses(DataHeader.Field field, DataHeader header) {
        return wholeNumber(field)
                && (DataHeader.Field.isLabel(field.name())
                        || header.fields().stream().filter(LoopLowering::wholeNumber).count() == 1);
    }

    private static boolean wholeNumber(DataHeader.Field field) {
        return !field.type().isFloat() && field.shape().isEmpty();
    }

    private void finish(String name, List<Node> counters) {
        var updates = new ArrayList<Procedure.Update>();
        elaboration.variables.changed()
                .forEach((variable, node) -> updates.add(new Procedure.Update(variable.name(), variable.kind(), node)));
        var results = new ArrayList<Procedure.Output>();
        outputs.forEach((report, node) -> results.add(new Procedure.Output(report, node)));
        var roots = new ArrayList<Node>();
        updates.forEach(update -> roots.add(update.value()));
        results.forEach(output -> roots.add(output.node()));
        BitSet used = Minimization.ids(roots);
        binding(roots, used).forEach(input -> used.set(input.id()));
        var kept = new ArrayList<Node>();
        for (int i = inputs.size() - 1; i >= 0; i--) {
            if (!used.get(inputs.get(i).id())) {
                fields.remove(i);
            } else {
                kept.addFirst(inputs.get(i));
            }
        }
        for (Node counter : counters) {
            if (used.get(counter.id())) {
                kept.add(counter);
            }
        }
        procedure = new Procedure(name, kept, results, updates);
        observations = elaboration.isSymbolic() ? List.of() : elaboration.observations.of(kept);
    }

    /// Inputs of which nothing is read, but which alone tell a free dimension that something depends on.
    private List<Node> binding(List<Node> roots, BitSet used) {
        var open = new TreeSet<String>();
        constraints.forEach(constraint -> open.addAll(constraint.symbols()));
        symbols(Graph.ancestors(roots), open);
        var bound = new ArrayList<Node>();
        inputs.stream().filter(input -> used.get(input.id())).forEach(input -> open.removeAll(symbols(input)));
        for (Node input : inputs) {
            if (open.removeAll(symbols(input))) {
                bound.add(input);
            }
        }
        return bound;
    }

    private static void symbols(List<Node> nodes, Set<String> all) {
        for (Node node : nodes) {
            all.addAll(symbols(node));
            if (node.form() instanceof Form.Size(Dim dim, _)) {
                all.addAll(dim.symbols());
            }
        }
        Body.among(nodes).forEach((body, stacked) -> symbols(body.nodes(stacked), all));
    }

    private static Set<String> symbols(Node node) {
        var all = new TreeSet<String>();
        node.shape().dims().forEach(dim -> all.addAll(dim.symbols()));
        return all;
    }

    TrainingProgram.Loop loop() {
        return new TrainingProgram.Loop(
                Objects.requireNonNull(procedure),
                data == null ? null : data.expression(),
                data == null ? null : data.header(),
                fields,
                List.copyOf(reports.values()),
                constraints,
                observations);
    }

    @Override
    public void minimized(Statement.Minimize minimize, TensorValue loss) {
        String base = minimize.loss() instanceof Expression.Name name ? name.text() : "loss";
        String chosen = base;
        for (int i = 2; reports.containsKey(chosen) && outputs.get(chosen) != loss.node(); i++) {
            chosen = base + i;
        }
        reports.put(chosen, new TrainingProgram.Report(chosen, Kind.LOSS, List.of()));
        outputs.put(chosen, loss.node());
    }

    void report(Statement.Report report, Scope scope) {
        Expression expression = report.value();
        String name = report.name() != null ? report.name().text() : name(expression);
        if (name == null) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.UNNAMED_REPORT, expression.span(), "this report needs a name")
                            .help("write `report name = …`"));
        }
        var awaited = new Calls.Awaited(
                expression instanceof Expression.Pipe pipe
                        ? List.of(pipe.span(), pipe.target().span())
                        : List.of(expression.span()),
                report.name());
        Value value = elaboration.calls.evaluate(expression, scope, awaited);
        LayerInstance layer = awaited.layer();
        if (value instanceof Value.UnknownValue) {
            throw new Operators.Unsure();
        }
        Node node = scalar(value, expression, scope);
        Span earlier = named.put(name, expression.span());
        TrainingProgram.Report existing = reports.get(name);
        if (expression.span().equals(earlier)) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.DUPLICATE_REPORT,
                            expression.span(),
                            "`" + name + "` is reported in each round of a `for`, and a name has one value")
                            .help("report it behind the `for`, such as a mean; numbers that are to stand apart have a `report` each"));
        }
        if (earlier != null) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.DUPLICATE_REPORT, expression.span(), "`" + name + "` is reported twice")
                            .also(earlier, "the first report")
                            .help("give one of them another name: `report name = …`"));
        }
        if (existing != null && existing.kind() == Kind.LOSS && outputs.get(name) == node) {
            return;
        }
        List<String> resets = layer == null
                ? List.of()
                : elaboration.variables.all().stream()
                        .filter(v -> v.kind() == VariableKind.STATE && v.name().startsWith(layer.prefix()))
                        .map(Variables.Variable::name)
                        .toList();
        reports.put(name, new TrainingProgram.Report(name, resets.isEmpty() ? Kind.MEAN : Kind.LAST, resets));
        outputs.put(name, node);
    }

    private Node scalar(Value value, Expression expression, Scope scope) {
        TensorValue tensor = elaboration.tensors.scalar(value, DType.F32);
        if (tensor == null || !tensor.type().shape().isScalar()) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.REPORT_NOT_SCALAR,
                            expression.span(),
                            "a report is a single number, and this is " + Explain.typed(value))
                            .help("average it: `mean(…)`"));
        }
        return elaboration.tensors.cast(tensor, DType.F32).node();
    }

    /// What a report without a name is called: after its function, layer or value.
    private static @Nullable String name(Expression expression) {
        return switch (expression) {
            case Expression.Name name -> name.text();
            case Expression.Call call -> {
                String callee = name(call.callee());
                yield callee == null ? null : NameTable.snake(callee);
            }
            case Expression.Select select -> select.member().text();
            case Expression.Pipe pipe -> name(pipe.target());
            case Expression.IntLiteral _, Expression.FloatLiteral _, Expression.BoolLiteral _, Expression.StringTemplate _, Expression.Tuple _, Expression.ListLiteral _, Expression.Lambda _, Expression.If _, Expression.Scan _, Expression.Slice _, Expression.Unary _, Expression.Binary _, Expression.Range _, Expression.Invalid _ ->
                null;
        };
    }
}
