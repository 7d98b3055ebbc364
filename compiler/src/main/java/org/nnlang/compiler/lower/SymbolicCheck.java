package org.nnlang.compiler.lower;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.runtime.tensor.DType;

/// Elaborates declarations that nothing calls, for their mistakes: with dimensions that stay names, and with parameters
/// about which nothing is known but their types.
final class SymbolicCheck {
    private final Context context;

    SymbolicCheck(Context context) {
        this.context = context;
    }

    /// Checks what is declared in `module` and not in `reached`.
    void check(ModuleScope module, Set<Declaration> reached) {
        run(elaboration -> constants(module, elaboration), false);
        for (Declaration declaration : module.syntax().declarations()) {
            if (reached.contains(declaration)) {
                continue;
            }
            check(declaration, module);
        }
    }

    private void check(Declaration declaration, ModuleScope module) {
        switch (declaration) {
            case Declaration.Function function -> {
                inBothModes(elaboration -> function(function, module, elaboration));
            }
            case Declaration.Layer layer -> inBothModes(elaboration -> layer(layer, module, elaboration));
            case Declaration.Optimizer optimizer ->
                run(elaboration -> optimizer(optimizer, module, elaboration), true);
            case Declaration.Constant _, Declaration.Train _, Declaration.Test _, Declaration.Invalid _,org.nnlang.compiler.syntax.Import _ ->
                {}
        }
    }

    /// Checks declarations that join a module which was checked before.
    void check(List<? extends Declaration> declarations, ModuleScope module) {
        declarations.forEach(declaration -> check(declaration, module));
    }

    private static void constants(ModuleScope module, Elaboration elaboration) {
        Scope scope = Scope.top(module, elaboration.outermost("", null, ""));
        for (Declaration declaration : module.syntax().declarations()) {
            if (declaration instanceof Declaration.Constant constant) {
                elaboration.constants.value(constant, module, constant.name().span(), scope);
            }
        }
    }

    private interface Work {
        void on(Elaboration elaboration);
    }

    /// `training` chooses branches, so both are looked at.
    private void inBothModes(Work work) {
        run(work, true);
        run(work, false);
    }

    private void run(Work work, boolean training) {
        var found = new Diagnostics();
        var elaboration = new Elaboration(context.reporting(found),
                Elaboration.Mode.SYMBOLIC);
        elaboration.training = training;
        try {
            work.on(elaboration);
        } catch (IrException _) {
            // Unknown sizes met a rule that only known ones can meet: nothing to say without a call.
        }
        context.diagnostics().addAll(found);
    }

    private void function(Declaration.Function function, ModuleScope module, Elaboration elaboration) {
        String name = function.name().text();
        Scope scope = Scope.top(module, elaboration.outermost(name, null, name));
        if (function.hyperparameters() != null) {
            parameters(name, function.hyperparameters(), scope, elaboration);
        }
        body(name, function.inputs(), function.result(), function.body(), scope, elaboration);
    }

    private void layer(Declaration.Layer layer, ModuleScope module, Elaboration elaboration) {
        String name = layer.name().text();
        elaboration.onlySizesUnknown = layer.kind() == Declaration.LayerKind.MODEL
                && layer.hyperparameters().stream().allMatch(parameter -> parameter.fallback() != null);
        Scope scope = Scope.top(module, elaboration.outermost(name, new Owner.Program(""), name));
        parameters(name, layer.hyperparameters(), scope, elaboration);
        body(name, layer.inputs(), layer.result(), layer.body(), scope, elaboration);
    }

    private static void parameters(
            String name, List<Parameter> parameters, Scope scope, Elaboration elaboration) {
        new Hyperparameters(elaboration, Map.of())
                .bind(name, parameters, scope, List.of(),
                        parameters.isEmpty() ? scope.module().file().span(0, 0) : parameters.getFirst().span());
    }

    private static void body(
            String name,
            List<Parameter> inputs,
            @Nullable TypeExpression result,
            Block body,
            Scope around,
            Elaboration elaboration) {
        Scope scope = around.inner();
        new ProgramInputs(elaboration).bind(inputs, scope, 2);
        elaboration.number(body);
        Value value = elaboration.statements.block(body, scope.inner(), true);
        if (result != null) {
            elaboration.statements.guard(body.span(), scope,
                    () -> elaboration.calls.result(result, value, body, scope, name));
        }
    }

    private void optimizer(Declaration.Optimizer declaration, ModuleScope module, Elaboration elaboration) {
        String name = declaration.name().text();
        Scope scope = Scope.top(module, elaboration.outermost(name, null, name));
        parameters(name, declaration.hyperparameters(), scope, elaboration);
        var instance = new OptimizerInstance(declaration, scope, declaration.name().span());
        var type = new TensorType(DType.F32, new Shape(List.of(Dim.symbol("rows"), Dim.symbol("columns"))));
        Scope caller = Scope.top(module, elaboration.outermost(name, null, name));
        elaboration.statements.guard(declaration.name().span(), caller, () -> {
            var p = new Value.TensorValue(elaboration.graph.input("?p", type));
            var g = new Value.TensorValue(elaboration.graph.input("?g", type));
            elaboration.optimizers.applyAlone(
                    instance,
                    List.of(Given.of(p, declaration.name().span()), Given.of(g, declaration.name().span())),
                    declaration.name().span(),
                    caller);
        });
    }
}
