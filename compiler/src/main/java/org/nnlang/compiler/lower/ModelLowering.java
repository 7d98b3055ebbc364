package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.runtime.tensor.DType;

/// Elaborates a `model` on its own, outside training.
final class ModelLowering {
    private final Elaboration elaboration;

    ModelLowering(Context context) {
        this.elaboration = new Elaboration(context, Elaboration.Mode.PROGRAM);
    }

    Elaboration elaboration() {
        return elaboration;
    }

    /// The program; empty where there are mistakes.
    Optional<ModelProgram> lower(Declaration.Layer model, ModuleScope module, Map<String, String> settings) {
        String name = model.name().text();
        elaboration.reached.add(model);
        Scope hyperparameters = Scope.top(module, elaboration.outermost(name, null, name));
        List<Hyperparameter> values = new Hyperparameters(elaboration, settings)
                .bind(name, model.hyperparameters(), hyperparameters, List.of(), model.name().span());
        Frame frame = elaboration.outermost(name, new Owner.Program(""), "apply");
        elaboration.draws.begin("apply");
        Scope scope = hyperparameters.call(frame);
        List<Node> inputs = new ProgramInputs(elaboration).bind(model.inputs(), scope, 1);
        elaboration.number(model.body());
        Value value = elaboration.statements.block(model.body(), scope.inner(), true);
        var outputs = new ArrayList<Procedure.Output>();
        elaboration.statements.guard(model.body().span(), scope, () -> {
            Value result = model.result() == null
                    ? value
                    : elaboration.results.check(model.result(), value, model.body(), scope, name);
            outputs(result, outputs, model, scope);
        });
        if (!elaboration.isWhole(model.name().span(), name) || outputs.isEmpty()) {
            return Optional.empty();
        }
        var updates = new ArrayList<Procedure.Update>();
        elaboration.variables.changed()
                .forEach((variable, node) -> updates.add(new Procedure.Update(variable.name(), variable.kind(), node)));
        return Optional.of(new ModelProgram(
                name,
                model.header().documentation(),
                values,
                TrainLowering.programVariables(elaboration),
                TrainLowering.initial(elaboration),
                new Procedure("apply", inputs, outputs, updates),
                elaboration.constraints,
                elaboration.uses));
    }

    private void outputs(Value value, List<Procedure.Output> outputs, Declaration.Layer model, Scope scope) {
        if (value instanceof Value.UnknownValue) {
            return;
        }
        if (value instanceof Value.TupleValue(var names, List<Value> elements)) {
            for (int i = 0; i < elements.size(); i++) {
                String name = names.get(i);
                outputs.add(new Procedure.Output(
                        name == null ? "out" + (i + 1) : name,
                        elaboration.conversions
                                .tensor(elements.get(i), DType.F32, "an output of a model", model.name().span(), scope)
                                .node()));
            }
            return;
        }
        if (value instanceof Value.UnitValue) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.NO_VALUE, model.name().span(), "`" + model.name() + "` has no value")
                            .help("the last expression of a body is its value"));
        }
        outputs.add(new Procedure.Output(
                "out",
                elaboration.conversions
                        .tensor(value, DType.F32, "the output of a model", model.name().span(), scope)
                        .node()));
    }
}
