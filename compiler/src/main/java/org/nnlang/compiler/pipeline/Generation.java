package org.nnlang.compiler.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.incremental.Incremental;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.lower.Constraint;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.generate.GenerationPlan;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.tensor.DType;

/// Compiles a model that writes a sequence.
public final class Generation {
    private Generation() {}

    /// The input of a model that a sequence of tokens is, and its output that scores the next token.
    ///
    /// @param others the names of the other inputs
    public record Roles(String sequence, String output, int vocabulary, List<String> others) {}

    /// Finds out which input grows: i32 \[b, t\], where an output is f32 \[b, t, vocabulary\]; empty where no two fit, or the
    /// model changes variables.
    public static Optional<Roles> roles(ModelProgram model) {
        Procedure apply = model.apply();
        if (!apply.updates().isEmpty()) {
            return Optional.empty();
        }
        for (Procedure.Output output : apply.outputs()) {
            Node scores = output.node();
            if (scores.type().rank() != 3 || !scores.shape().dim(2).isConstant()) {
                continue;
            }
            Dim length = scores.shape().dim(1);
            for (Node input : apply.inputs()) {
                if (input.type().dtype() == DType.I32
                        && input.type().rank() == 2
                        && input.shape().dim(1).equals(length)
                        && length.symbolName().isPresent()
                        && !input.shape().dim(0).symbols().containsAll(length.symbols())) {
                    String sequence = name(input);
                    return Optional.of(new Roles(
                            sequence,
                            output.name(),
                            Math.toIntExact(scores.shape().dim(2).constant()),
                            apply.inputs().stream()
                                    .map(Generation::name)
                                    .filter(name -> !name.equals(sequence))
                                    .toList()));
                }
            }
        }
        return Optional.empty();
    }

    private static String name(Node input) {
        return ((Form.Input) input.form()).name();
    }

    /// Compiles a model.
    ///
    /// @param roles as [#roles] has found them
    public static GenerationPlan plan(ModelProgram model, Roles roles) {
        Procedure apply = only(model.apply(), roles.output());
        Incremental split = Incremental.of(apply, roles.sequence(), 1);
        Procedure whole = Passes.run(apply);
        Procedure step = Passes.run(split.step());
        Procedure context = Passes.run(split.context());
        VariableLayout layout =
                VariableLayout.of(List.of(whole, step, context, Passes.run(model.init())));
        List<Constraint> grown = model.constraints().stream()
                .map(constraint -> new Constraint(
                        constraint.condition().substitute(split::size), constraint.message(), constraint.span()))
                .toList();
        GenerationPlan.@Nullable Program contextProgram =
                context.outputs().isEmpty() ? null : program(context, layout, model.constraints());
        var caches = new ArrayList<GenerationPlan.Cache>();
        split.caches().forEach(cache -> caches.add(new GenerationPlan.Cache(cache.input(), cache.output())));
        return new GenerationPlan(
                layout.variables(),
                program(whole, layout, model.constraints()),
                program(step, layout, grown),
                contextProgram,
                roles.sequence(),
                split.length(),
                split.position(),
                roles.output(),
                caches,
                split.states().stream()
                        .map(state -> new GenerationPlan.State(state.input(), state.output()))
                        .toList());
    }

    private static Procedure only(Procedure apply, String output) {
        return new Procedure(
                apply.name(),
                apply.inputs(),
                apply.outputs().stream().filter(one -> one.name().equals(output)).toList(),
                apply.updates());
    }

    private static GenerationPlan.Program program(
            Procedure procedure, VariableLayout layout, List<Constraint> constraints) {
        Image image = Requirements.with(Planner.plan(procedure, layout, Fusion.Effort.FULL), constraints);
        String name = BackEnd.PACKAGE + "." + BackEnd.identifier(procedure.name());
        return new GenerationPlan.Program(image, ProgramClass.of(name, image).load());
    }
}
