package org.nnlang.compiler.lower;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.runtime.tensor.DType;

/// Runs the body of an optimizer: for a parameter of a `minimize`, or where a test calls it on its own.
final class OptimizerSteps {
    private final Elaboration elaboration;
    private @Nullable Updating updating;
    private int updates;

    /// What an optimizer's body is run for.
    ///
    /// @param prefix    what the names of its slots begin with
    /// @param parameter the full name of the parameter; empty where it is called on its own
    record Updating(String prefix, String parameter, TensorType type) {}

    OptimizerSteps(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// The new value of one parameter.
    Value apply(
            OptimizerInstance optimizer,
            Updating to,
            TensorValue parameter,
            Value gradient,
            Value count,
            Span site,
            Scope scope) {
        var declaration = optimizer.declaration;
        String path = scope.frame().path() + "/" + to.prefix() + ":" + to.parameter();
        Frame frame = elaboration.frame(scope, declaration.name().text(), site, null, path);
        Scope inner = optimizer.hyperparameters.call(frame);
        inner.bind(Binding.of("step", Binding.Kind.VAL, declaration.name().span(), count));
        schedules(optimizer, to, inner, count);
        List<Parameter> inputs = declaration.inputs();
        if (inputs.size() != 2) {
            throw elaboration.fail(
                    inner,
                    Diagnostic.of(
                            Code.OPTIMIZER_UPDATE,
                            declaration.name().span(),
                            "an optimizer has two inputs, the parameter and its gradient, and this one "
                                    + inputs.size())
                            .help("`optimizer " + declaration.name() + "(…)(p, g) { … }`"));
        }
        Identifier name = inputs.getFirst().name();
        var updated = Binding.of(name.text(), Binding.Kind.UPDATED, name.span(), parameter);
        inner.bind(updated);
        elaboration.types.value(name.span(), parameter);
        Identifier other = inputs.get(1).name();
        inner.bind(Binding.of(other.text(), Binding.Kind.PARAMETER, other.span(), gradient));
        elaboration.types.value(other.span(), gradient);
        Updating outer = updating;
        int outerUpdates = updates;
        updating = to;
        updates = 0;
        int errors = elaboration.diagnostics.size();
        try {
            elaboration.number(declaration.body());
            elaboration.statements.block(declaration.body(), inner.inner(), false);
            if (updates != 1 && elaboration.diagnostics.size() == errors) {
                throw elaboration.fail(
                        inner,
                        Diagnostic.of(
                                Code.OPTIMIZER_UPDATE,
                                declaration.name().span(),
                                "an optimizer updates its parameter once, and this one "
                                        + (updates == 0 ? "does not" : "does it " + updates + " times"))
                                .help("its body says `" + name + " := …` once"));
            }
        } finally {
            updating = outer;
            updates = outerUpdates;
        }
        return updated.value();
    }

    /// A Schedule reads as its value at this step.
    private void schedules(OptimizerInstance optimizer, Updating to, Scope inner, Value count) {
        for (Parameter parameter : optimizer.declaration.hyperparameters()) {
            Binding binding = optimizer.hyperparameters.find(parameter.name().text());
            boolean isSchedule = parameter.type() instanceof TypeExpression.Named named
                    && named.name().text().equals("Schedule");
            if (isSchedule && binding != null && binding.value() instanceof Value.FunctionValue schedule) {
                Value now = elaboration.calls.call(
                        schedule,
                        List.of(Given.of(count, optimizer.site)),
                        new Expression.Name(parameter.name().text(), optimizer.site),
                        optimizer.site,
                        inner);
                if (now instanceof TensorValue tensor && !tensor.type().shape().isScalar()) {
                    throw elaboration.fail(
                            inner,
                            Diagnostic.of(
                                    Code.WRONG_TYPE,
                                    optimizer.site,
                                    "a Schedule gives a single number, and this one " + Describe.type(tensor.type())));
                }
                inner.bind(Binding.of(parameter.name().text(), Binding.Kind.PARAMETER, parameter.name().span(), now));
                binding = inner.find(parameter.name().text());
            }
            TensorValue value =
                    isSchedule && binding != null ? elaboration.tensors.scalar(binding.value(), DType.F32) : null;
            if (value != null && value.type().shape().isScalar() && !to.parameter().isEmpty()) {
                String name = to.prefix() + "." + parameter.name().text();
                elaboration.observations.schedule(name, elaboration.tensors.cast(value, DType.F32).node());
            }
        }
    }

    /// Called by `p := …`.
    void updated() {
        updates++;
    }

    /// `slot name = value`.
    Binding slot(Statement.Slot slot, Scope scope) {
        Updating to = updating;
        if (to == null) {
            throw new Operators.Unsure();
        }
        TensorType type = to.type();
        if (slot.type() != null) {
            Inputs.Typed typed = elaboration.inputs.tensorType(slot.type(), scope);
            if (typed != null) {
                type = typed.type();
            }
        }
        String separator = to.parameter().isEmpty() ? "" : to.parameter() + ".";
        String name = to.prefix() + "." + separator + slot.name();
        var declared = new TensorValue(elaboration.graph.fill(type, 0));
        if (elaboration.variables.find(name) == null) {
            Node initial = elaboration.variables.initial(
                    slot.value(), declared, name, "first value of `" + slot.name() + "`", scope);
            elaboration.variables.slot(name, type, initial, to.parameter(), slot.name().span());
        }
        return Variables.bound(slot.name().text(), slot.name().span(), name, declared);
    }

    /// `adam(p, g)` in a test: one step of the optimizer, with slots of its own.
    Value applyAlone(OptimizerInstance optimizer, List<Given> arguments, Span site, Scope scope) {
        List<String> names = optimizer.declaration.inputs().stream().map(p -> p.name().text()).toList();
        var order = new ArgumentOrder(elaboration, optimizer.toString(), names, site, scope);
        Map<Integer, Given> matched = order.match(arguments);
        for (int i = 0; i < names.size(); i++) {
            if (!matched.containsKey(i)) {
                throw order.missing(names.get(i), null);
            }
        }
        Given p = matched.get(0);
        Given g = matched.get(1);
        if (p == null || g == null) {
            return Value.UNKNOWN;
        }
        TensorValue parameter = elaboration.conversions.tensor(p.value(), DType.F32, "the parameter", p.span(), scope);
        TensorValue gradient = elaboration.conversions.tensor(g.value(), DType.F32, "the gradient", g.span(), scope);
        if (!parameter.type().equals(gradient.type())) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.DIMENSION_CONFLICT,
                            g.span(),
                            "a gradient has the type of its parameter: " + parameter.type() + " and "
                                    + gradient.type())
                            .also(p.span(), Describe.type(parameter.type())));
        }
        int count = ++optimizer.applications;
        elaboration.effects++;
        var to = new Updating(optimizer.name(), "", parameter.type());
        Value step1 = new TensorValue(elaboration.graph.constant(count));
        return apply(optimizer, to, parameter, gradient, step1, site, scope);
    }
}
